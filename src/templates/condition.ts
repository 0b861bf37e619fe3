import type { Expression } from './expression.ts'
import { Fault, syntaxFault } from './issues.ts'
import type { Word } from './lexer.ts'
import { contains, Incomparable, isBefore, isEqual, isSame, isTrue } from './lib/compare.ts'
import { BUILT_IN, type Runtime } from './runtime.ts'

/** A compiled condition; gives the value that decides, as `and` and `or` hand it on. */
export type Condition = (runtime: Runtime) => unknown

/** A condition that is the same for everybody has `constant`. */
export type CompiledCondition = { test: Condition; constant: boolean | undefined }

type Operator = { power: number; apply(left: Condition, right: Condition): Condition }

function comparison(test: (left: unknown, right: unknown) => boolean): Operator['apply'] {
  return (left, right) => (runtime) => {
    try {
      return test(left(runtime), right(runtime))
    } catch (error) {
      return falseFor(error)
    }
  }
}

/** The same variable on both sides is the same object, whatever its value. */
function identity(wanted: boolean): Operator['apply'] {
  const compare = comparison((left, right) => isSame(left, right) === wanted)
  return (left, right) => (left === right ? () => wanted : compare(left, right))
}

/** An operator that cannot work on its values is false; a passed limit is no value. */
function falseFor(error: unknown): false {
  if (error instanceof Incomparable || (error instanceof Fault && error.kind !== 'limit')) return false
  throw error
}

const OPERATORS: Readonly<Record<string, Operator>> = {
  or: { power: 6, apply: (left, right) => guarded((runtime) => either(left(runtime), () => right(runtime))) },
  and: { power: 7, apply: (left, right) => guarded((runtime) => both(left(runtime), () => right(runtime))) },
  in: { power: 9, apply: comparison((left, right) => contains(right, left)) },
  'not in': { power: 9, apply: comparison((left, right) => !contains(right, left)) },
  is: { power: 10, apply: identity(true) },
  'is not': { power: 10, apply: identity(false) },
  '==': { power: 10, apply: comparison((left, right) => isEqual(left, right)) },
  '!=': { power: 10, apply: comparison((left, right) => !isEqual(left, right)) },
  '<': { power: 10, apply: comparison((left, right) => isBefore(left, right, false)) },
  '<=': { power: 10, apply: comparison((left, right) => isBefore(left, right, true)) },
  '>': { power: 10, apply: comparison((left, right) => isBefore(right, left, false)) },
  '>=': { power: 10, apply: comparison((left, right) => isBefore(right, left, true)) },
}

const NOT_POWER = 8

function either(left: unknown, right: () => unknown): unknown {
  return isTrue(left) ? left : right()
}

function both(left: unknown, right: () => unknown): unknown {
  return isTrue(left) ? right() : left
}

function guarded(condition: Condition): Condition {
  return (runtime) => {
    try {
      return condition(runtime)
    } catch (error) {
      return falseFor(error)
    }
  }
}

/** Most words of one condition: its evaluation recurses as deep. */
const MAX_WORDS = 1000

/** Words of other languages that stand for an operator. */
const HABITS: Readonly<Record<string, string>> = {
  '&&': 'and',
  '||': 'or',
  '!': 'not',
  '=': '==',
  '===': '==',
  '<>': '!=',
}

/**
 * Compiles the words after `if`. Precedence from loose to tight: or, and, not, in, the comparisons; all to the left.
 * Throws a syntax fault at the word that is wrong.
 */
export function compileCondition(words: Word[], end: number, compile: (word: Word) => Expression): CompiledCondition {
  if (words.length > MAX_WORDS) throw syntaxFault('too_complex', 'This condition is too long.', words[0]?.offset ?? end)
  const parser = new ConditionParser(joinOperators(words), end, compile)
  const test = parser.parse(0)
  parser.expectEnd()
  return { test, constant: parser.isConstant ? constantOf(test) : undefined }
}

/** Stands in for a render: a constant condition asks for nothing but True, False and None. */
const NOBODY: Pick<Runtime, 'find'> = { find: (name) => BUILT_IN.get(name) }

function constantOf(test: Condition): boolean {
  return isTrue(test(NOBODY as Runtime))
}

/** `not in` and `is not` are one operator each. */
function joinOperators(words: Word[]): Word[] {
  const joined: Word[] = []
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as Word
    const next = words[i + 1]?.text
    const isPair = (word.text === 'not' && next === 'in') || (word.text === 'is' && next === 'not')
    joined.push(isPair ? { text: `${word.text} ${next}`, offset: word.offset } : word)
    if (isPair) i++
  }
  return joined
}

class ConditionParser {
  isConstant = true
  private readonly words: Word[]
  private readonly end: number
  private readonly compile: (word: Word) => Expression
  /** Operands that are variables without a filter, by their path. */
  private readonly variables = new Map<string, Condition>()
  private at = 0

  constructor(words: Word[], end: number, compile: (word: Word) => Expression) {
    this.words = words
    this.end = end
    this.compile = compile
  }

  parse(power: number): Condition {
    let left = this.parseOperand()
    for (;;) {
      const operator = this.operatorHere()
      if (!operator || operator.power <= power) return left
      this.at++
      left = operator.apply(left, this.parse(operator.power))
    }
  }

  expectEnd(): void {
    const word = this.words[this.at]
    if (!word) return
    throw (
      this.explain(word) ??
      syntaxFault('bad_condition', `"${word.text}" is not expected in this condition.`, word.offset)
    )
  }

  private operatorHere(): Operator | undefined {
    const text = this.words[this.at]?.text
    return text !== undefined && Object.hasOwn(OPERATORS, text) ? OPERATORS[text] : undefined
  }

  private parseOperand(): Condition {
    const word = this.words[this.at]
    if (!word) throw syntaxFault('bad_condition', 'The condition ends too early.', this.end)
    this.at++
    if (word.text === 'not') {
      const inner = this.parse(NOT_POWER)
      return guarded((runtime) => !isTrue(inner(runtime)))
    }
    if (Object.hasOwn(OPERATORS, word.text)) {
      throw syntaxFault('bad_condition', `A value must stand before "${word.text}".`, word.offset)
    }
    const habit = this.explain(word)
    if (habit) throw habit
    if (!/^(?:["'\d]|[-+.]\d|_\()|^(?:True|False|None)$/.test(word.text) || word.text.includes('|'))
      this.isConstant = false
    const known = this.variables.get(word.text)
    if (known) return known
    const expression = this.compile(word)
    const operand: Condition = (runtime) => expression(runtime, null)
    if (/^[\p{L}_][\p{L}\p{N}_.]*$/u.test(word.text)) this.variables.set(word.text, operand)
    return operand
  }

  private explain(word: Word): Fault | undefined {
    if (word.text === '-')
      return syntaxFault('bad_condition', 'White space cannot be trimmed: leave the "-" out.', word.offset)
    if (word.text === 'contains') {
      return syntaxFault(
        'bad_condition',
        `Write "'part' in text" instead of "text contains 'part'".`,
        word.offset,
        'in',
      )
    }
    const meant = Object.hasOwn(HABITS, word.text) ? HABITS[word.text] : undefined
    if (meant !== undefined) {
      return syntaxFault('bad_condition', `Write "${meant}" instead of "${word.text}".`, word.offset, meant)
    }
    if (/^\(|\)$/.test(word.text)) {
      return syntaxFault('bad_condition', 'Conditions take no brackets: nest one if inside another.', word.offset)
    }
    const glued = /^[^"']+?(==|!=|<=|>=|<|>)/.exec(word.text)
    if (!glued) return undefined
    return syntaxFault('bad_condition', `Leave a space on both sides of "${glued[1]}".`, word.offset)
  }
}
