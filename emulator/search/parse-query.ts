/** A search as the Admin API's `query` arguments write it, parsed. A term without a field searches the usual ones. */
export type Query =
  | { kind: 'term'; field: string | null; operator: Operator; value: string }
  | { kind: 'and' | 'or'; parts: Query[] }
  | { kind: 'not'; part: Query }
  | { kind: 'all' }

export type Operator = ':' | ':>' | ':>=' | ':<' | ':<='

const TOKEN = /\s*(\(|\)|-(?=[\w"'(])|(?:[\w.]+:(?:>=|<=|>|<)?)?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s()]+)?)/gy

function tokenize(text: string): string[] {
  const tokens: string[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.length) {
    const before = TOKEN.lastIndex
    const match = TOKEN.exec(text)
    if (!match) break
    if (match[1]) tokens.push(match[1])
    if (TOKEN.lastIndex === before) TOKEN.lastIndex = before + 1
  }
  return tokens
}

/** Terms side by side are joined by AND; OR, NOT, a leading minus and parentheses work as Shopify documents them. */
export function parseQuery(text: string): Query {
  const tokens = tokenize(text.trim())
  const parts = readOr(tokens)
  return parts
}

function readOr(tokens: string[]): Query {
  const parts = [readAnd(tokens)]
  while (tokens[0] === 'OR') {
    tokens.shift()
    parts.push(readAnd(tokens))
  }
  const [only] = parts
  return parts.length === 1 && only ? only : { kind: 'or', parts }
}

function readAnd(tokens: string[]): Query {
  const parts: Query[] = []
  while (tokens[0] !== undefined && tokens[0] !== 'OR' && tokens[0] !== ')') {
    const token = tokens.shift() ?? ''
    if (token === 'AND') continue
    parts.push(readPart(token, tokens))
  }
  const [only] = parts
  if (!only) return { kind: 'all' }
  return parts.length === 1 ? only : { kind: 'and', parts }
}

function readPart(token: string, tokens: string[]): Query {
  if (token === 'NOT' || token === '-') return { kind: 'not', part: readPart(tokens.shift() ?? '', tokens) }
  if (token === '(') {
    const inner = readOr(tokens)
    if (tokens[0] === ')') tokens.shift()
    return inner
  }
  const match = /^([\w.]+)(:(?:>=|<=|>|<)?)([\s\S]*)$/.exec(token)
  if (!match) return { kind: 'term', field: null, operator: ':', value: unquote(token) }
  return {
    kind: 'term',
    field: match[1] ?? null,
    operator: (match[2] ?? ':') as Operator,
    value: unquote(match[3] ?? ''),
  }
}

function unquote(text: string): string {
  const quoted = /^(["'])([\s\S]*)\1$/.exec(text)
  return quoted?.[2] === undefined ? text : quoted[2].replace(/\\(.)/g, '$1')
}

/** The fields that a query names, each once. */
export function fieldsOf(query: Query): string[] {
  if (query.kind === 'term') return query.field ? [query.field] : []
  if (query.kind === 'not') return fieldsOf(query.part)
  return query.kind === 'all' ? [] : [...new Set(query.parts.flatMap(fieldsOf))]
}
