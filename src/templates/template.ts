import { type Coupon, type CouponMap, MarkerCoupons, PreviewCoupons } from './coupons.ts'
import { FILTERS } from './filters.ts'
import { Fault, type FaultData, type Finding, nearestName } from './issues.ts'
import { Incomparable } from './lib/compare.ts'
import { type Facts, type Node, Parser, StopReading } from './parser.ts'
import { type Picture, pictureDataUrl } from './picture.ts'
import { type CatalogResolver, DEFAULT_LIMITS, type Environment, type Limits, type Links, Runtime } from './runtime.ts'
import { TAGS } from './tags.ts'

/** One finding about a template. `line` and `column` count from 1; a column counts UTF-16 units. */
export type TemplateIssue = {
  severity: 'error' | 'warning'
  code: string
  message: string
  line: number
  column: number
  suggestion?: string
}

/**
 * The only error that leaves this folder. `issues` has at least one entry; `code`, `line` and `column` are the first's.
 * `coupon` is set with code `coupon_missing`, `item` with `catalog_item_unavailable`.
 */
export class TemplateError extends Error {
  readonly issues: TemplateIssue[]
  readonly code: string
  readonly line: number
  readonly column: number
  readonly coupon?: string
  readonly item?: string

  constructor(issues: TemplateIssue[], data: FaultData = {}, options?: ErrorOptions) {
    const [first] = issues
    super(
      first ? `${first.message} (line ${first.line}, column ${first.column})` : 'The template is not valid.',
      options,
    )
    this.name = 'TemplateError'
    this.issues = issues
    this.code = first?.code ?? 'invalid'
    this.line = first?.line ?? 1
    this.column = first?.column ?? 1
    if (data.coupon !== undefined) this.coupon = data.coupon
    if (data.item !== undefined) this.item = data.item
  }
}

/** `maxLength`: UTF-16 units of source, 2,000,000 by default. */
export type CompileOptions = { maxLength?: number }

/** Addresses of the message's own pages. */
export type { Links } from './runtime.ts'

/** A template that is ready to render, any number of times and for anybody; holds nothing of a person. */
export type CompiledTemplate = { readonly source: string; readonly root: Node; readonly facts: Facts }

/** The data of one person. Only its own properties exist; plain objects, lists, texts, numbers, booleans, null and Dates. */
export type RenderContext = Record<string, unknown>

/**
 * The code that one person gets of one coupon. `code` is final text; `expiresAt` is null when it never ends; `link` gives
 * the address that applies the code at checkout and goes on to `path`.
 */
export type CouponValue = Coupon

/**
 * `autoescape`: true for HTML (the default), false for subject, plain text and SMS. `timeZone`: IANA name, UTC by default.
 * `currency`: of `{% currency_format %}`, USD by default; `locale`: how it is written, en-US by default.
 * `pictures`: gives the address of a bar code or QR code; without it the picture stands in the text as a data URL, which
 * many mail programs do not show. A render that needs a link which is not in `links` fails in mode `send` and shows `#` in a preview.
 */
export type RenderOptions = {
  mode: 'send' | 'preview'
  now: Date
  timeZone?: string
  currency?: string
  locale?: string
  coupons?: CouponMap
  links?: Links
  autoescape?: boolean
  catalog?: CatalogResolver
  pictures?: (picture: Picture) => string
  limits?: Partial<Limits>
}

/** Most units of a template's source. */
const MAX_SOURCE_LENGTH = 2_000_000

/**
 * Compiles a template. Throws a TemplateError that lists up to 30 errors, each with line and column, and nothing else.
 * Costs milliseconds: callers keep the result per version of a template.
 */
export function compileTemplate(source: string, options: CompileOptions = {}): CompiledTemplate {
  if (source.length > (options.maxLength ?? MAX_SOURCE_LENGTH)) {
    throw new TemplateError([
      { severity: 'error', code: 'too_long', message: 'The template is too long.', line: 1, column: 1 },
    ])
  }
  const parser = new Parser(source, TAGS, FILTERS)
  const root = readSource(parser)
  const errors = parser.facts.findings.filter((finding) => finding.severity === 'error')
  if (errors.length > 0 || !root) throw new TemplateError(locateAll(source, errors))
  return { source, root, facts: parser.facts }
}

function readSource(parser: Parser): Node | undefined {
  try {
    return parser.parseAll()
  } catch (error) {
    if (error instanceof StopReading) return undefined
    if (!(error instanceof Fault)) throw error
    const { code, message, offset = 0, data } = error
    parser.facts.findings.push({ severity: 'error', code, message, offset, ...data })
    return undefined
  }
}

/** Turns places of a source into lines and columns; one pass over the source serves all of them. */
function createLocator(source: string): (finding: Finding) => TemplateIssue {
  const lineStarts = [0]
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) lineStarts.push(at + 1)
  return ({ severity, code, message, suggestion, offset }) => {
    const line = countUpTo(lineStarts, offset)
    const issue = { severity, code, message, line, column: offset - (lineStarts[line - 1] ?? 0) + 1 }
    return suggestion === undefined ? issue : { ...issue, suggestion }
  }
}

/** How many of the ascending numbers are not above `limit`. */
function countUpTo(ascending: readonly number[], limit: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ascending[middle] ?? 0) <= limit) low = middle + 1
    else high = middle
  }
  return low
}

function locateAll(source: string, findings: Finding[]): TemplateIssue[] {
  return findings.toSorted((a, b) => a.offset - b.offset).map(createLocator(source))
}

export type TemplateFacts = {
  /** Every tag that names a coupon, also in branches that may be false, in the order of the source. */
  coupons: { name: string; line: number; column: number }[]
  /** Dotted paths that are read from the context; names that the template sets itself are left out. */
  variables: string[]
  tags: string[]
  filters: string[]
  hasUnsubscribe: boolean
  /** Warnings: what works but is probably not meant. */
  issues: TemplateIssue[]
}

/**
 * What a template refers to, without rendering it.
 *
 * With `knownVariables` (first names of paths, such as `person`) a path that begins otherwise is a warning, with a suggestion.
 */
export function analyzeTemplate(
  template: CompiledTemplate,
  options: { knownVariables?: readonly string[] } = {},
): TemplateFacts {
  const { source, facts } = template
  const locate = createLocator(source)
  const unknown = options.knownVariables ? findUnknown(facts.variables, options.knownVariables) : []
  return {
    coupons: facts.coupons.map(({ name, offset }) => {
      const { line, column } = locate({ severity: 'warning', code: 'coupon', message: name, offset })
      return { name, line, column }
    }),
    variables: [...facts.variables.keys()],
    tags: [...facts.tags],
    filters: [...facts.filters],
    hasUnsubscribe: facts.hasUnsubscribe,
    issues: locateAll(source, [...facts.findings, ...unknown]),
  }
}

function findUnknown(variables: ReadonlyMap<string, number>, known: readonly string[]): Finding[] {
  return [...variables].flatMap(([path, offset]) => {
    const root = path.split('.', 1)[0] ?? path
    if (known.includes(root)) return []
    const suggestion = nearestName(root, known)
    const hint = suggestion === undefined ? '' : ` Did you mean "${suggestion}"?`
    const message = `Nobody has a value for "${path}": it will be empty.${hint}`
    const finding: Finding = { severity: 'warning', code: 'unknown_variable', message, offset }
    return [suggestion === undefined ? finding : { ...finding, suggestion }]
  })
}

/**
 * Step 1 of 2: the coupons whose codes this person's message shows, in order of appearance, each once.
 *
 * Draws nothing. A branch that is false for this person and an HTML comment show nothing. `options` are those that the
 * render will get, so that conditions on the date or the catalog decide alike; without `now` the clock decides.
 */
export function requiredCoupons(
  template: CompiledTemplate,
  context: RenderContext,
  options: Partial<Omit<RenderOptions, 'coupons' | 'mode'>> = {},
): string[] {
  if (template.facts.coupons.length === 0) return []
  const autoescape = options.autoescape ?? true
  const coupons = new MarkerCoupons()
  const env = environmentOf(options, coupons, () => '#')
  return coupons.shownIn(run(template, context, env, autoescape), autoescape)
}

/**
 * Step 2 of 2: the message's text. Pure: the same arguments give the same text.
 *
 * In mode `send` a coupon that is shown but not in `coupons` is a TemplateError with code `coupon_missing`; a preview
 * prints `NAME-preview` or the coupon's `previewedAs`, never a code. Throws TemplateError for data that the template cannot work on (code
 * `render_failed`), for a passed limit (`limit_exceeded`), for a missing link (`link_missing`) or product
 * (`catalog_item_unavailable`).
 */
export function renderTemplate(template: CompiledTemplate, context: RenderContext, options: RenderOptions): string {
  const autoescape = options.autoescape ?? true
  if (options.mode === 'preview') {
    return run(
      template,
      context,
      environmentOf(options, new PreviewCoupons(options.coupons), () => '#'),
      autoescape,
    )
  }
  const coupons = new MarkerCoupons(options.coupons)
  const text = run(template, context, environmentOf(options, coupons, refuseLink), autoescape)
  const [missing] = coupons.shownIn(text, autoescape)
  if (missing !== undefined) throw couponMissing(template, missing)
  return coupons.clean(text)
}

function refuseLink(link: string): never {
  throw new Fault('limit', 'link_missing', `The address for "${link}" is not known: set it before sending.`)
}

function environmentOf(
  options: Partial<RenderOptions>,
  coupons: Environment['coupons'],
  placeholder: Environment['placeholder'],
): Environment {
  return {
    now: options.now ?? new Date(),
    timeZone: options.timeZone ?? 'UTC',
    currency: options.currency ?? 'USD',
    locale: options.locale ?? 'en-US',
    links: options.links ?? {},
    placeholder,
    coupons,
    catalog: options.catalog,
    drawPicture: options.pictures ?? pictureDataUrl,
    limits: options.limits ? { ...DEFAULT_LIMITS, ...options.limits } : DEFAULT_LIMITS,
  }
}

function couponMissing(template: CompiledTemplate, name: string): TemplateError {
  const offset = template.facts.coupons.find((coupon) => coupon.name === name)?.offset ?? 0
  const message = `No code was given for the coupon "${name}".`
  return new TemplateError(
    [createLocator(template.source)({ severity: 'error', code: 'coupon_missing', message, offset })],
    {
      coupon: name,
    },
  )
}

function run(template: CompiledTemplate, context: RenderContext, env: Environment, autoescape: boolean): string {
  const runtime = new Runtime(context, env, autoescape)
  try {
    template.root(runtime)
    runtime.checkLength(runtime.out.length)
    return runtime.out
  } catch (error) {
    throw asTemplateError(error, template.source, runtime.at)
  }
}

/** What the engine throws on purpose, or a stack or text that V8 refuses to grow; any other error is a bug and stays as it is. */
function asTemplateError(error: unknown, source: string, at: number): unknown {
  if (error instanceof Fault) {
    const { code, message, offset = at, data } = error
    const issue = createLocator(source)({ severity: 'error', code, message, offset, ...data })
    return new TemplateError([issue], data, { cause: error })
  }
  const isLimit = error instanceof RangeError
  if (!isLimit && !(error instanceof Incomparable)) return error
  const code = isLimit ? 'limit_exceeded' : 'render_failed'
  const message = isLimit ? 'The message would become too large.' : error.message
  const issue = createLocator(source)({ severity: 'error', code, message, offset: at })
  return new TemplateError([issue], {}, { cause: error })
}
