import { Fault, nearestName, syntaxFault } from './issues.ts'
import { quoteEnd } from './lexer.ts'
import { parseFloatText, parseInteger, toFloat } from './lib/numbers.ts'
import { print } from './lib/print.ts'
import { SafeText, textOf } from './lib/values.ts'
import { holdable, lookUp } from './lookup.ts'
import type { Runtime } from './runtime.ts'

/** A compiled `value|filter:argument`. A missing variable becomes `ifMissing`: '' in output, null (None) in conditions and loops. */
export type Expression = (runtime: Runtime, ifMissing: '' | null) => unknown

/**
 * A filter. With `text` its value arrives as text, `isSafe` telling whether that is safe text; with `keepsSafe` a safe value
 * stays safe. `argument` is undefined when the template gives none.
 */
type Filter = {
  argument: 'none' | 'optional' | 'required'
  text?: true
  keepsSafe?: true
  apply(value: never, argument: unknown, runtime: Runtime, isSafe: boolean): unknown
}

export type FilterTable = Readonly<Record<string, Filter>>

/** What a template refers to, gathered while it is compiled. */
export type ExpressionNotes = {
  filters: FilterTable
  noteVariable(path: string, offset: number): void
  noteFilter(name: string): void
  report(fault: Fault): void
}

const NAME = /[\p{L}\p{N}_.]+/uy
const WORD = /[\p{L}\p{N}_]+/uy
const NUMBER = /[-+.]?\d[\d.e]*/y
const PIPE = /\s*\|\s*/y

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

/** Where a string literal that begins at `at` ends; `_("…")` counts as one. */
function literalEnd(text: string, at: number): number | undefined {
  if (!text.startsWith('_(', at)) return quoteEnd(text, at)
  const end = quoteEnd(text, at + 2)
  return end !== undefined && text.charAt(end) === ')' ? end + 1 : undefined
}

/** Text between quotes: a backslash keeps only the quote and itself, `\n` stays two characters. */
export function readLiteral(literal: string): string {
  const quoted = literal.startsWith('_(') ? literal.slice(2, -1) : literal
  const quote = quoted.charAt(0)
  return quoted.slice(1, -1).replaceAll(`\\${quote}`, quote).replaceAll('\\\\', '\\')
}

/** Compiles an expression; throws a syntax fault with the offset of the part that is wrong. */
export function compileExpression(text: string, offset: number, notes: ExpressionNotes): Expression {
  const head = readOperand(text, 0)
  if (head === undefined) throw explainNoOperand(text, offset)
  let expression = compileOperand(text.slice(0, head), offset, notes)
  let at = head
  while (at < text.length) {
    const pipe = matchAt(PIPE, text, at)
    const name = pipe === undefined ? undefined : matchAt(WORD, text, at + pipe.length)
    if (pipe === undefined || name === undefined) throw explainRest(text, at, offset)
    const nameAt = at + pipe.length
    at = nameAt + name.length
    if (text.charAt(at) === '(') throw explainRest(text, at, offset)
    let argument: { text: string; offset: number } | undefined
    if (text.charAt(at) === ':') {
      const end = readOperand(text, at + 1)
      if (end === undefined) throw explainNoArgument(text, at, offset, name)
      argument = { text: text.slice(at + 1, end), offset: offset + at + 1 }
      at = end
    }
    expression = compileFilter(expression, { name, offset: offset + nameAt }, argument, notes)
  }
  return expression
}

function readOperand(text: string, at: number): number | undefined {
  const quoted = literalEnd(text, at)
  if (quoted !== undefined) return quoted
  const word = matchAt(NAME, text, at) ?? matchAt(NUMBER, text, at)
  return word === undefined ? undefined : at + word.length
}

function explainNoOperand(text: string, offset: number): Fault {
  if (/^-\s/.test(text)) {
    return syntaxFault('bad_expression', 'Write {{ … }} instead of {{- … -}}: white space cannot be trimmed.', offset)
  }
  if (/^[‘’“”]|^&(?:quot|#39|apos);/.test(text)) {
    return syntaxFault('curly_quotes', 'Write straight quotes (\' or ") around a text.', offset)
  }
  return syntaxFault(
    'bad_expression',
    `A variable, a number or a text in quotes must stand here, not "${text.slice(0, 30)}".`,
    offset,
  )
}

function explainRest(text: string, at: number, offset: number): Fault {
  const rest = text.slice(at)
  if (/^\s*-$/.test(rest)) {
    return syntaxFault(
      'bad_expression',
      'Write {{ … }} instead of {{ … -}}: white space cannot be trimmed.',
      offset + at,
    )
  }
  if (/^\$\w/.test(rest)) {
    const base = text.slice(0, at).replace(/\.$/, '') || 'event'
    const name = /^\$\w+/.exec(rest)?.[0]
    return syntaxFault('bad_expression', `Write ${base}|lookup:'${name}' to read such a property.`, offset + at)
  }
  const call = /^\((.*)\)/.exec(rest)
  if (call) {
    return syntaxFault(
      'bad_expression',
      `A filter's argument stands behind a colon: write :${call[1]} instead of ${call[0]}`,
      offset + at,
    )
  }
  if (/^\s*\|\s*$/.test(rest)) {
    return syntaxFault('bad_expression', 'The name of a filter is missing after "|".', offset + at)
  }
  if (/^-[\p{L}]/u.test(rest)) {
    const name = text.slice(0, at) + (/^[-\p{L}\p{N}_]+/u.exec(rest)?.[0] ?? '')
    const base = name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : 'person'
    const message = `A name holds no hyphen. Write ${base}|lookup:'${name.slice(name.lastIndexOf('.') + 1)}' to read such a property.`
    return syntaxFault('bad_expression', message, offset + at)
  }
  if (/^\s+[\p{L}_]/u.test(rest)) {
    const message = "A variable is one word: a property with a space is read as person|lookup:'My Property'."
    return syntaxFault('bad_expression', message, offset + at)
  }
  return syntaxFault('bad_expression', `"${rest.slice(0, 30).trim()}" is not understood here.`, offset + at)
}

function explainNoArgument(text: string, at: number, offset: number, name: string): Fault {
  const rest = text.slice(at + 1)
  if (/^\s+\S/.test(rest)) {
    const message = `No space may stand after the colon of a filter: write ${name}:${rest.trim().slice(0, 30)}`
    return syntaxFault('space_after_colon', message, offset + at + 1, `${name}:${rest.trim().slice(0, 30)}`)
  }
  if (/^[‘’“”]|^&(?:quot|#39|apos);/.test(rest)) {
    return syntaxFault('curly_quotes', 'Write straight quotes (\' or ") around a text.', offset + at + 1)
  }
  return syntaxFault('bad_expression', `The argument of the filter "${name}" is missing after the colon.`, offset + at)
}

/** The value of a number as it is written in a template, or undefined when the text is a name. */
function readNumber(text: string): unknown {
  if (!/[.e]/i.test(text)) return parseInteger(text)
  if (text.endsWith('.')) return undefined
  const value = parseFloatText(text)
  return value === undefined ? undefined : toFloat(value)
}

function compileOperand(text: string, offset: number, notes: ExpressionNotes): Expression {
  if (/^["']|^_\(/.test(text)) {
    const literal = new SafeText(readLiteral(text))
    return () => literal
  }
  const number = readNumber(text)
  if (number !== undefined) return () => number
  return compilePath(text, offset, notes)
}

function compilePath(text: string, offset: number, notes: ExpressionNotes): Expression {
  if (text.startsWith('_') || text.includes('._')) {
    throw syntaxFault('private_name', `Names that begin with an underscore cannot be read: "${text}".`, offset)
  }
  notes.noteVariable(text, offset)
  const [root = '', ...path] = text.split('.')
  if (path.length === 0) {
    return (runtime, ifMissing) => {
      const value = holdable(runtime.find(root))
      return value === undefined ? ifMissing : value
    }
  }
  return (runtime, ifMissing) => {
    let value = holdable(runtime.find(root))
    for (let i = 0; i < path.length && value !== undefined; i++) value = lookUp(value, path[i] as string)
    return value === undefined ? ifMissing : value
  }
}

function compileFilter(
  input: Expression,
  name: { name: string; offset: number },
  argument: { text: string; offset: number } | undefined,
  notes: ExpressionNotes,
): Expression {
  const filter = Object.hasOwn(notes.filters, name.name) ? notes.filters[name.name] : undefined
  notes.noteFilter(name.name)
  if (!filter) {
    notes.report(unknownFilter(name, notes.filters))
    return input
  }
  if (filter.argument === 'required' && !argument) {
    throw syntaxFault('filter_argument', `The filter "${name.name}" needs an argument: ${name.name}:…`, name.offset)
  }
  if (filter.argument === 'none' && argument) {
    throw syntaxFault('filter_argument', `The filter "${name.name}" takes no argument.`, argument.offset)
  }
  return applyFilter(input, filter, argument && compileArgument(argument.text, argument.offset, notes))
}

function unknownFilter(name: { name: string; offset: number }, filters: FilterTable): Fault {
  const liquid = Object.hasOwn(LIQUID_FILTERS, name.name) ? LIQUID_FILTERS[name.name] : undefined
  const suggestion = liquid ?? nearestName(name.name, Object.keys(filters))
  const hint = suggestion === undefined ? '' : ` Did you mean "${suggestion}"?`
  return syntaxFault('unknown_filter', `There is no filter "${name.name}".${hint}`, name.offset, suggestion)
}

/** Filters of Liquid that go by another name here. */
const LIQUID_FILTERS: Readonly<Record<string, string>> = {
  upcase: 'upper',
  downcase: 'lower',
  size: 'length',
  strip_html: 'striptags',
  newline_to_br: 'linebreaksbr',
  truncate: 'truncatechars',
  url_encode: 'urlencode',
  escape_once: 'escape',
  remove: 'cut',
  times: 'multiply',
  divided_by: 'divide',
  sha256: 'sha_256',
  md5: 'md5_hash',
  money: 'floatformat:2',
}

/** An argument has no second chance: a missing variable fails the whole expression. */
function compileArgument(text: string, offset: number, notes: ExpressionNotes): (runtime: Runtime) => unknown {
  const operand = compileOperand(text, offset, notes)
  return (runtime) => {
    const value = operand(runtime, '')
    if (value !== '' || operand(runtime, null) !== null) return value
    throw new Fault('missing', 'missing_argument', `The filter's argument "${text}" has no value for this person.`)
  }
}

/** Length of a text in units that count as one step. */
const UNITS_PER_STEP = 64

function applyFilter(
  input: Expression,
  filter: Filter,
  argument: ((runtime: Runtime) => unknown) | undefined,
): Expression {
  const apply = filter.apply as (value: unknown, argument: unknown, runtime: Runtime, isSafe: boolean) => unknown
  return (runtime, ifMissing) => {
    const value = input(runtime, ifMissing)
    const isSafe = value instanceof SafeText
    const operand = argument?.(runtime)
    const result = apply(filter.text ? print(value) : value, operand, runtime, isSafe)
    const text = textOf(result)
    if (text === undefined) runtime.step()
    else {
      runtime.checkLength(text.length)
      runtime.spend(1 + Math.floor(text.length / UNITS_PER_STEP))
    }
    return isSafe && filter.keepsSafe && !(result instanceof SafeText) ? new SafeText(text ?? print(result)) : result
  }
}
