import { limitFault } from './issues.ts'
import { formatTime, toLocal } from './lib/dates.ts'
import { isNumeric, printNumber } from './lib/numbers.ts'
import { print } from './lib/print.ts'
import { escapeHtml } from './lib/text.ts'
import { isDate, SafeText } from './lib/values.ts'
import type { Picture } from './picture.ts'

/** Where codes come from: the caller's, markers while they are not known, or a preview's stand-ins. */
export type CouponSource = {
  code(name: string, cut: string): string
  expiry(name: string, print: (expiresAt: Date | null) => string): string
  link(name: string, path: string): string
  /** A picture of the code, or with a `path` of the link that applies it. */
  picture(name: string, path: string | undefined, draw: (text: string) => string): string
  /** What stands in the text where a code is only kept under a name: a marker while it is not known, else nothing. */
  trace(name: string): string
  /** What a filter made of a block's text, with the markers that it lost put back. */
  keep(before: string, after: string): string
}

export type Links = { unsubscribe?: string; preferences?: string; webView?: string }

/** A product of the caller's catalog; undefined when it has none by that id. */
export type CatalogResolver = (
  id: string,
  catalog: { unpublished: 'cancel' | 'ignore' },
) => Record<string, unknown> | undefined

/**
 * What one render may use. `steps`: tags, loop rounds and filters run; `outputLength`: UTF-16 units, also of any one value;
 * `loopLength`: rounds of one loop; `timeMs`: wall clock.
 */
export type Limits = { steps: number; outputLength: number; loopLength: number; timeMs: number }

export const DEFAULT_LIMITS: Limits = { steps: 2_000_000, outputLength: 5_000_000, loopLength: 100_000, timeMs: 2_000 }

export type Environment = {
  now: Date
  timeZone: string
  /** ISO 4217 code of amounts, and the language tag that they are written in. */
  currency: string
  locale: string
  links: Links
  /** What stands in for a link that the caller did not give; throws when the message is really sent. */
  placeholder(link: keyof Links): string
  coupons: CouponSource
  /** The address of a picture. */
  drawPicture(picture: Picture): string
  catalog: CatalogResolver | undefined
  limits: Limits
}

/** Steps between two looks at the clock. */
const STEPS_PER_CLOCK = 4096

/** Names of one block; the outermost frame has the context's own properties and no `vars`. */
type Frame = { vars: Map<string, unknown>; parent: Frame | undefined }

/** The state of one render: output, scopes, counters. Made per render, never shared. */
export class Runtime {
  readonly env: Environment
  out = ''
  autoescape: boolean
  /** Where in the source the tag stands that runs now. */
  at = 0
  /** What cycle and ifchanged remember, keyed by the tag and, for ifchanged, by the loop. */
  readonly memory = new Map<object, unknown>()
  private readonly context: Record<string, unknown>
  private readonly root: Map<string, unknown> = new Map()
  private frame: Frame | undefined
  private steps = 0
  private nextClock = STEPS_PER_CLOCK
  private readonly deadline: number

  constructor(context: Record<string, unknown>, env: Environment, autoescape: boolean) {
    this.context = context
    this.env = env
    this.autoescape = autoescape
    this.deadline = performance.now() + env.limits.timeMs
  }

  /** Counts one step; throws a fault that nothing swallows when a limit is passed. */
  step(): void {
    if (++this.steps < this.nextClock) return
    this.nextClock += STEPS_PER_CLOCK
    if (this.steps > this.env.limits.steps) throw limitFault('The template does too much work for one message.')
    if (performance.now() > this.deadline) throw limitFault('The template takes too long for one message.')
  }

  /** Counts work that is done in one go, in steps. */
  spend(steps: number): void {
    this.steps += steps
    if (this.steps >= this.nextClock) this.step()
  }

  checkLength(length: number): void {
    if (length > this.env.limits.outputLength) throw limitFault('The message would become too long.')
  }

  /** Ends the render because of a limit. */
  refuse(message: string): never {
    throw limitFault(message)
  }

  /** Printed text as a value: while escaping is on it is escaped already. */
  printed(text: string): string | SafeText {
    return this.autoescape && text !== '' ? new SafeText(text) : text
  }

  /** The value of a name, or undefined when no scope has it. None is null. */
  find(name: string): unknown {
    for (let frame = this.frame; frame; frame = frame.parent) {
      const value = frame.vars.get(name)
      if (value !== undefined) return value
    }
    if (this.root.size > 0) {
      const value = this.root.get(name)
      if (value !== undefined) return value
    }
    if (Object.hasOwn(this.context, name)) return this.context[name]
    return BUILT_IN.get(name)
  }

  /** Binds a name in the innermost scope; it is gone when that block ends. undefined is bound as None. */
  set(name: string, value: unknown): void {
    const vars = this.frame ? this.frame.vars : this.root
    vars.set(name, value === undefined ? null : value)
  }

  /** Binds a name in the innermost scope that has it, else in the innermost of all. */
  setUpward(name: string, value: unknown): void {
    for (let frame = this.frame; frame; frame = frame.parent) {
      if (!frame.vars.has(name)) continue
      frame.vars.set(name, value)
      return
    }
    if (this.root.has(name) || Object.hasOwn(this.context, name)) this.root.set(name, value)
    else this.set(name, value)
  }

  push(): void {
    this.frame = { vars: new Map(), parent: this.frame }
  }

  pop(): void {
    this.frame = this.frame?.parent
  }

  /** Runs `body` with output going to a text of its own. */
  capture(body: (runtime: Runtime) => void): string {
    const outer = this.out
    this.out = ''
    body(this)
    const captured = this.out
    this.out = outer
    return captured
  }

  /** Adds text that is markup of ours or already escaped. */
  write(text: string): void {
    this.out += text
    if (this.out.length > this.env.limits.outputLength) this.checkLength(this.out.length)
  }

  /** Adds a value as `{{ }}` does: local dates, numbers in full, escaped unless safe. */
  emit(value: unknown): void {
    this.write(this.textFor(value))
  }

  /** The text that `{{ }}` would add for a value. */
  textFor(value: unknown): string {
    if (typeof value === 'string') return this.autoescape ? escapeHtml(value) : value
    if (value instanceof SafeText) return value.text
    if (isNumeric(value)) return printNumber(value)
    const text = isDate(value) ? formatTime(toLocal(value, this.env.timeZone), 'DATETIME_FORMAT') : print(value)
    return this.autoescape ? escapeHtml(text) : text
  }
}

/** Names that every template has; a context may have its own by the same name. */
export const BUILT_IN: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['True', true],
  ['False', false],
  ['None', null],
])
