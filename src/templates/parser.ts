import { type CompiledCondition, compileCondition } from './condition.ts'
import { compileExpression, type Expression, type ExpressionNotes, type FilterTable } from './expression.ts'
import { Fault, type Finding, nearestName, syntaxFault } from './issues.ts'
import { splitWords, type Token, tokenize, type Word } from './lexer.ts'
import type { Runtime } from './runtime.ts'

/** A compiled piece of a template: adds its output to the runtime's. */
export type Node = (runtime: Runtime) => void

/** A tag as it stands in the source: `text` is all between the marks, `words` the same cut at white space. */
export type Tag = { name: string; text: string; words: Word[]; start: number; end: number }

/** How a tag is compiled. `closes` are the tags that may follow inside its block, the one that ends it last. */
export type TagDefinition = { compile(parser: Parser, tag: Tag): Node; closes?: readonly string[] }

export type TagTable = Readonly<Record<string, TagDefinition>>

/** What a template refers to, for the static analysis. */
export type Facts = {
  coupons: { name: string; offset: number }[]
  /** Dotted paths with the place where each stands first. */
  variables: Map<string, number>
  tags: Set<string>
  filters: Set<string>
  hasUnsubscribe: boolean
  findings: Finding[]
}

/** Deepest nesting of blocks. */
const MAX_DEPTH = 100

/** After this many errors the rest of the template is not read. */
const MAX_ERRORS = 30

/** Reads a template's tokens into nodes. Goes on after an error where it can, so that one check reports many. */
export class Parser implements ExpressionNotes {
  readonly filters: FilterTable
  readonly facts: Facts = {
    coupons: [],
    variables: new Map(),
    tags: new Set(),
    filters: new Set(),
    hasUnsubscribe: false,
    findings: [],
  }
  /** What tags of one template share while it is compiled, such as the cycles that have a name. */
  readonly shared = new Map<string, unknown>()
  private readonly tags: TagTable
  private readonly tokens: Token[]
  private readonly bound = new Map<string, number>()
  private readonly length: number
  private at = 0
  private depth = 0
  private errors = 0

  constructor(source: string, tags: TagTable, filters: FilterTable) {
    this.tags = tags
    this.filters = filters
    this.tokens = tokenize(source)
    this.length = source.length
  }

  parseAll(): Node {
    return this.parseBody(undefined, [])
  }

  /** The body of a block up to one of its inner or end tags, which `takeTag` then gives. Throws when the source ends first. */
  parseBody(opener: Tag | undefined, closes: readonly string[]): Node {
    if (++this.depth > MAX_DEPTH) {
      throw syntaxFault('too_deep', `Blocks are nested more than ${MAX_DEPTH} deep.`, opener?.start ?? 0)
    }
    const nodes: Node[] = []
    for (let token = this.tokens[this.at]; token; token = this.tokens[this.at]) {
      if (token.kind === 'block' && closes.includes(firstWord(token.text))) {
        this.depth--
        return sequence(nodes)
      }
      this.at++
      const node = this.parseToken(token)
      if (node) nodes.push(node)
    }
    if (opener) throw unclosed(opener, closes)
    this.depth--
    return sequence(nodes)
  }

  /** The tag at which `parseBody` stopped. */
  takeTag(): Tag {
    const token = this.tokens[this.at]
    if (!token) throw syntaxFault('unclosed_block', 'The template ends inside a block.', this.length)
    this.at++
    return readTag(token)
  }

  /** Passes over everything up to the end tag, which need not make sense. */
  skipTo(opener: Tag, end: string): void {
    for (let token = this.tokens[this.at]; token; token = this.tokens[this.at]) {
      this.at++
      if (token.kind === 'block' && token.text === end) return
    }
    throw unclosed(opener, [end])
  }

  compile(word: Word): Expression {
    return compileExpression(word.text, word.offset, this)
  }

  compileCondition(tag: Tag): CompiledCondition {
    return compileCondition(tag.words.slice(1), tag.end, (word) => this.compile(word))
  }

  /** Runs `body` while the names are those of a block, not of the context. */
  withNames<T>(names: readonly string[], body: () => T): T {
    for (const name of names) this.bind(name)
    const result = body()
    for (const name of names) this.bound.set(name, (this.bound.get(name) ?? 1) - 1)
    return result
  }

  /** From here on the name is one that the template itself sets. */
  bind(name: string): void {
    this.bound.set(name, (this.bound.get(name) ?? 0) + 1)
  }

  noteVariable(path: string, offset: number): void {
    if (this.facts.variables.has(path)) return
    const root = path.split('.', 1)[0] ?? path
    if (!/^(?:True|False|None|forloop)$/.test(root) && !((this.bound.get(root) ?? 0) > 0))
      this.facts.variables.set(path, offset)
  }

  noteFilter(name: string): void {
    this.facts.filters.add(name)
  }

  /** Writes an error down and goes on; too many end the reading. */
  report(fault: Fault): void {
    const { code, message, offset = 0, data } = fault
    this.facts.findings.push({ severity: 'error', code, message, offset, ...data })
    if (++this.errors >= MAX_ERRORS) throw new StopReading()
  }

  warn(code: string, message: string, offset: number): void {
    this.facts.findings.push({ severity: 'warning', code, message, offset })
  }

  private parseToken(token: Token): Node | undefined {
    if (token.kind === 'comment') return undefined
    if (token.kind === 'text') {
      const { text } = token
      return (runtime) => {
        runtime.out += text
      }
    }
    try {
      return token.kind === 'variable' ? this.parseVariable(token) : this.parseTag(token)
    } catch (error) {
      if (!(error instanceof Fault) || FATAL.has(error.code)) throw error
      this.report(error)
      return undefined
    }
  }

  private parseVariable(token: Token): Node {
    if (token.text === '') throw syntaxFault('empty_tag', 'A variable must stand between {{ and }}.', token.start)
    const expression = compileExpression(token.text, token.offset, this)
    const at = token.start
    return (runtime) => {
      runtime.at = at
      runtime.emit(expression(runtime, ''))
    }
  }

  private parseTag(token: Token): Node {
    const tag = readTag(token)
    if (tag.name === '') throw syntaxFault('empty_tag', 'The name of a tag must stand between {% and %}.', token.start)
    const definition = Object.hasOwn(this.tags, tag.name) ? this.tags[tag.name] : undefined
    if (!definition) throw explainUnknownTag(tag, this.tags)
    this.facts.tags.add(tag.name)
    const node = this.compileTag(definition, tag)
    const at = token.start
    return (runtime) => {
      runtime.at = at
      runtime.step()
      node(runtime)
    }
  }

  /** After an error in a block's first tag its body is still read, so that its end tag is not a second error. */
  private compileTag(definition: TagDefinition, tag: Tag): Node {
    const before = this.at
    const depth = this.depth
    try {
      return definition.compile(this, tag)
    } catch (error) {
      const isHeader = this.at === before
      if (!(error instanceof Fault) || FATAL.has(error.code) || !definition.closes || !isHeader) throw error
      this.report(error)
      this.depth = depth
      const last = definition.closes.at(-1)
      do this.parseBody(tag, definition.closes)
      while (this.takeTag().name !== last)
      return () => {}
    }
  }
}

/** Ends the reading; what was reported so far is the result. */
export class StopReading extends Error {}

/** Errors after which the rest of the source would be misread. */
const FATAL = new Set(['unclosed_block', 'too_deep'])

function firstWord(text: string): string {
  return /^\S*/.exec(text)?.[0] ?? ''
}

function readTag(token: Token): Tag {
  const words = splitWords(token)
  return {
    name: firstWord(token.text),
    text: token.text,
    words,
    start: token.start,
    end: token.offset + token.text.length,
  }
}

function unclosed(opener: Tag, closes: readonly string[]): Fault {
  const end = closes.at(-1) ?? `end${opener.name}`
  return syntaxFault('unclosed_block', `{% ${opener.name} %} is never closed: {% ${end} %} is missing.`, opener.start)
}

/** Words of Liquid and of Django's page templates, and what to write in a message. */
const HABITS: Readonly<Record<string, string>> = {
  elsif: 'Write {% elif … %} instead of {% elsif … %}.',
  elseif: 'Write {% elif … %} instead of {% elseif … %}.',
  assign: 'Write {% with name=value %}…{% endwith %} instead of {% assign name = value %}.',
  capture: 'There is no capture: write {% with name=value %}…{% endwith %}.',
  unless: 'Write {% if not … %} instead of {% unless … %}.',
  endunless: 'Write {% if not … %}…{% endif %} instead of {% unless … %}.',
  case: 'Write {% if x == 1 %}…{% elif x == 2 %}…{% endif %} instead of {% case x %}.',
  when: 'Write {% elif x == … %} instead of {% when … %}.',
  raw: 'Write {% verbatim %}…{% endverbatim %} instead of {% raw %}.',
  include: 'A message stands alone: {% include %} is not available. Put the text here.',
  render: 'A message stands alone: {% render %} is not available. Put the text here.',
  extends: 'A message stands alone: {% extends %} is not available.',
  block: 'A message stands alone: {% block %} is not available.',
  load: '{% load %} is not needed: all tags and filters are there.',
  url: '{% url %} is not available: write the address itself.',
  csrf_token: '{% csrf_token %} has no meaning in a message.',
  debug: '{% debug %} is not available in a message.',
  lorem: '{% lorem %} is not available: write the text itself.',
  '-': 'Write {% … %} instead of {%- … -%}: white space cannot be trimmed.',
  macro: 'There are no macros: put the text where it is needed.',
  set: 'Write {% with name=value %}…{% endwith %} instead of {% set name = value %}.',
  break: 'A loop cannot be left early: give it a shorter list with |slice:":3".',
  continue: 'Put an {% if %} around what some rounds shall leave out.',
}

function explainUnknownTag(tag: Tag, tags: TagTable): Fault {
  const { name, start } = tag
  if (name.startsWith('-')) return syntaxFault('unknown_tag', HABITS['-'] ?? '', start)
  if (Object.hasOwn(HABITS, name)) return syntaxFault('unknown_tag', HABITS[name] ?? '', start)
  const inner = Object.entries(tags).filter(([, definition]) => definition.closes?.includes(name))
  if (name === 'else' && /^else\s+if\b/.test(tag.text)) {
    return syntaxFault('unknown_tag', 'Write {% elif … %} instead of {% else if … %}.', start, 'elif')
  }
  if (inner.length > 0) {
    const openers = inner.map(([opener]) => `{% ${opener} %}`).join(' or ')
    return syntaxFault('stray_tag', `{% ${name} %} stands outside of ${openers}.`, start)
  }
  const known = Object.entries(tags).flatMap(([opener, { closes = [] }]) => [opener, ...closes])
  const suggestion = nearestName(name, known)
  const hint = suggestion === undefined ? '' : ` Did you mean "${suggestion}"?`
  return syntaxFault('unknown_tag', `There is no tag "${name}".${hint}`, start, suggestion)
}

/** Nodes one after the other as one node. */
export function sequence(nodes: Node[]): Node {
  const [first, second] = nodes
  if (!first) return () => {}
  if (!second) return first
  return (runtime) => {
    for (let i = 0; i < nodes.length; i++) (nodes[i] as Node)(runtime)
  }
}
