import { isSpace, strip } from './lib/text.ts'

/** A piece of the source. `text` is without the marks and the white space inside them; `offset` is where `text` begins. */
export type Token = { kind: 'text' | 'variable' | 'block' | 'comment'; text: string; offset: number; start: number }

/** A word of a tag with the place where it stands in the source. */
export type Word = { text: string; offset: number }

const CLOSERS: Record<string, string> = { '%': '%}', '{': '}}', '#': '#}' }

/**
 * Cuts a source into tokens. Never fails: a mark that is not closed on its own line is text.
 * Linear in the length of the source, also for thousands of unclosed marks.
 */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = []
  const nextOf = createFinder(source)
  let textStart = 0
  let verbatimEnd: string | undefined
  let at = source.indexOf('{')
  while (at >= 0 && at < source.length - 1) {
    const end = tokenEnd(source, at, nextOf)
    if (end === undefined) {
      at = source.indexOf('{', at + 1)
      continue
    }
    const token = readToken(source, at, end)
    const keep = verbatimEnd === undefined || (token.kind === 'block' && token.text === verbatimEnd)
    if (keep) {
      if (at > textStart) {
        tokens.push({ kind: 'text', text: source.slice(textStart, at), offset: textStart, start: textStart })
      }
      tokens.push(token)
      textStart = end
      verbatimEnd = verbatimEnd === undefined ? verbatimEndOf(token) : undefined
    }
    at = source.indexOf('{', end)
  }
  if (textStart < source.length) {
    tokens.push({ kind: 'text', text: source.slice(textStart), offset: textStart, start: textStart })
  }
  return tokens
}

function verbatimEndOf(token: Token): string | undefined {
  if (token.kind !== 'block') return undefined
  const isVerbatim = token.text === 'verbatim' || token.text.startsWith('verbatim ')
  return isVerbatim ? `end${token.text}` : undefined
}

/** Searches forward only, remembering the last hit of each needle, so that all searches together stay linear. */
function createFinder(source: string): (needle: string, from: number) => number {
  const found = new Map<string, number>()
  return (needle, from) => {
    const known = found.get(needle)
    if (known !== undefined && (known === Number.POSITIVE_INFINITY || known >= from)) return known
    const index = source.indexOf(needle, from)
    const next = index < 0 ? Number.POSITIVE_INFINITY : index
    found.set(needle, next)
    return next
  }
}

function tokenEnd(source: string, at: number, nextOf: (needle: string, from: number) => number): number | undefined {
  const closer = CLOSERS[source.charAt(at + 1)]
  if (closer === undefined) return undefined
  const close = nextOf(closer, at + 2)
  if (close === Number.POSITIVE_INFINITY || nextOf('\n', at + 2) < close) return undefined
  return close + 2
}

function readToken(source: string, start: number, end: number): Token {
  const mark = source.charAt(start + 1)
  const kind = mark === '%' ? 'block' : mark === '{' ? 'variable' : 'comment'
  const inner = source.slice(start + 2, end - 2)
  let lead = 0
  while (lead < inner.length && isSpace(inner.charCodeAt(lead))) lead++
  return { kind, text: strip(inner), offset: start + 2 + lead, start }
}

/** Splits a tag at white space; quoted strings stay whole, also in the middle of a word (`x|default:'a b'`). */
export function splitWords(token: Token): Word[] {
  const words: Word[] = []
  const { text } = token
  let at = 0
  while (at < text.length) {
    if (isSpace(text.charCodeAt(at))) {
      at++
      continue
    }
    const end = wordEnd(text, at)
    words.push({ text: text.slice(at, end), offset: token.offset + at })
    at = end
  }
  return joinTranslations(words)
}

function wordEnd(text: string, start: number): number {
  let at = skipPlain(text, start)
  let quoted = false
  while (at < text.length) {
    const closed = quoteEnd(text, at)
    if (closed === undefined) break
    quoted = true
    at = skipPlain(text, closed)
  }
  if (quoted) return at
  at = start
  while (at < text.length && !isSpace(text.charCodeAt(at))) at++
  return at
}

function skipPlain(text: string, start: number): number {
  let at = start
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === 34 || code === 39 || isSpace(code)) break
    at++
  }
  return at
}

/** Where the quoted string that opens at `start` ends, or undefined when none opens there or it is not closed. */
export function quoteEnd(text: string, start: number): number | undefined {
  const quote = text.charCodeAt(start)
  if (quote !== 34 && quote !== 39) return undefined
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 92) at++
    else if (code === quote) return at + 1
  }
  return undefined
}

/** `_("two words")` is one word although the mark of translation stands outside the quotes. */
function joinTranslations(words: Word[]): Word[] {
  const joined: Word[] = []
  let open: Word | undefined
  let sentinel = ''
  for (const word of words) {
    if (open) {
      open.text += ` ${word.text}`
      if (word.text.endsWith(sentinel)) open = undefined
      continue
    }
    joined.push(word)
    if (!word.text.startsWith('_("') && !word.text.startsWith("_('")) continue
    sentinel = `${word.text.charAt(2)})`
    if (!word.text.endsWith(sentinel)) open = word
  }
  return joined
}
