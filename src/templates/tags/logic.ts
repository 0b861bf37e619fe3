import type { CompiledCondition, Condition } from '../condition.ts'
import { Fault, syntaxFault } from '../issues.ts'
import { isEqual, isTrue } from '../lib/compare.ts'
import type { Node, Parser, Tag, TagTable } from '../parser.ts'
import type { Runtime } from '../runtime.ts'

type Branch = { test: Condition | undefined; body: Node }

/** A bare condition whose filter lacks its argument is false; other errors go on. */
function holds(test: Condition, runtime: Runtime): boolean {
  try {
    return isTrue(test(runtime))
  } catch (error) {
    if (error instanceof Fault && error.kind === 'missing') return false
    throw error
  }
}

function compileIf(parser: Parser, opener: Tag): Node {
  const branches: Branch[] = []
  const seen = new Set<string>()
  let decided = false
  let tag = opener
  while (tag.name !== 'else') {
    const condition = parser.compileCondition(tag)
    decided = warnUnreachable(parser, tag, condition, seen, decided)
    branches.push({ test: condition.test, body: parser.parseBody(opener, ['elif', 'else', 'endif']) })
    tag = parser.takeTag()
    if (tag.name === 'endif') break
    if (tag.name === 'else' && tag.text !== 'else') throw malformedElse(tag)
  }
  if (tag.name === 'else') {
    if (decided) parser.warn('unreachable', 'This branch is never reached: one before it is always taken.', tag.start)
    branches.push({ test: undefined, body: parser.parseBody(opener, ['endif']) })
    tag = parser.takeTag()
  }
  if (tag.text !== 'endif') throw syntaxFault('bad_tag', 'Nothing may follow "endif" in its tag.', tag.start, 'endif')
  return (runtime) => {
    for (const { test, body } of branches) {
      if (test && !holds(test, runtime)) continue
      body(runtime)
      return
    }
  }
}

function malformedElse(tag: Tag): Fault {
  const message = /^else\s+if\b/.test(tag.text)
    ? 'Write {% elif … %} instead of {% else if … %}.'
    : 'Nothing may follow "else" in its tag.'
  return syntaxFault('bad_tag', message, tag.start, 'elif')
}

/** Whether a branch from here on can still be reached is what it gives back: true when it cannot. */
function warnUnreachable(
  parser: Parser,
  tag: Tag,
  condition: CompiledCondition,
  seen: Set<string>,
  decided: boolean,
): boolean {
  const text = tag.words
    .slice(1)
    .map((word) => word.text)
    .join(' ')
  if (decided) parser.warn('unreachable', 'This branch is never reached: one before it is always taken.', tag.start)
  else if (condition.constant === false) parser.warn('unreachable', 'This condition is never true.', tag.start)
  else if (seen.has(text))
    parser.warn('unreachable', 'This branch is never reached: the same condition stands before it.', tag.start)
  seen.add(text)
  return decided || condition.constant === true
}

/** `ifequal a b` and its opposite, which older templates still have. */
function compileIfEqual(parser: Parser, tag: Tag, wanted: boolean): Node {
  const [, first, second, more] = tag.words
  if (!first || !second || more) throw syntaxFault('bad_tag', `{% ${tag.name} %} compares two values.`, tag.start)
  const [left, right] = [parser.compile(first), parser.compile(second)]
  const end = `end${tag.name}`
  const body = parser.parseBody(tag, ['else', end])
  const otherwise = parseElse(parser, tag, end)
  return (runtime) => {
    if (isEqual(left(runtime, null), right(runtime, null)) === wanted) body(runtime)
    else otherwise?.(runtime)
  }
}

/** The body after `else`, if the block at whose inner tag the parser stands has one; takes the end tag too. */
export function parseElse(parser: Parser, opener: Tag, end: string): Node | undefined {
  const next = parser.takeTag()
  if (next.name !== 'else') return undefined
  if (next.text !== 'else') throw malformedElse(next)
  const body = parser.parseBody(opener, [end])
  parser.takeTag()
  return body
}

function compileFirstOf(parser: Parser, tag: Tag): Node {
  const words = tag.words.slice(1)
  if (words.length === 0) throw syntaxFault('bad_tag', '{% firstof %} needs at least one value.', tag.start)
  const name = takeName(parser, words)
  const values = words.map((word) => parser.compile(word))
  return (runtime) => {
    let text = ''
    for (const value of values) {
      const found = value(runtime, null)
      if (!isTrue(found)) continue
      text = runtime.textFor(found)
      break
    }
    keepOrWrite(runtime, text, name)
  }
}

/** Takes `as name` off the end of a tag's words; gives the name. */
export function takeName(parser: Parser, words: Tag['words']): string | undefined {
  if (words.length < 2 || words.at(-2)?.text !== 'as') return undefined
  const name = words.at(-1)?.text
  words.splice(-2)
  if (name !== undefined) parser.bind(name)
  return name
}

/** Output that a tag either prints or keeps under a name; printed text is escaped already. */
function keepOrWrite(runtime: Runtime, text: string, name: string | undefined): void {
  if (name === undefined) runtime.write(text)
  else runtime.set(name, runtime.printed(text))
}

export const LOGIC_TAGS: TagTable = {
  if: { compile: compileIf, closes: ['elif', 'else', 'endif'] },
  ifequal: { compile: (parser, tag) => compileIfEqual(parser, tag, true), closes: ['else', 'endifequal'] },
  ifnotequal: { compile: (parser, tag) => compileIfEqual(parser, tag, false), closes: ['else', 'endifnotequal'] },
  firstof: { compile: compileFirstOf },
}
