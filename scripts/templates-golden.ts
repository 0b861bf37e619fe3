/**
 * Renders files of template cases and compares the results with the outputs that Django gave.
 *
 *   node scripts/templates-golden.ts FILE...
 *
 * Prints one JSON line `{ passed, total, failed: [{ name, template, expected, got }] }`; the exit code is 1 when a case fails.
 */
import { readFileSync } from 'node:fs'
import { compileTemplate, renderTemplate, TemplateError } from '../src/templates/template.ts'
import { parseOrdered } from './ordered-json.ts'

type GoldenCase = { name: string; template: string; context: unknown; output?: string; error?: boolean }

type GoldenFailure = { name: string; template: string; expected: string; got: string }

type GoldenResult = { passed: number; total: number; failed: GoldenFailure[] }

/** What stands for an output where the template must be refused. */
const REFUSED = 'refused with line and column'

/**
 * Renders every case of a file as a preview and lists those whose output differs. The file is JSON:
 * `{ now, contexts: { name: {…} }, cases: [{ name, template, context, output }] }`, `now` being the moment of every render and
 * a context a name or an object; `error: true` stands in the place of `output` where the template must be refused.
 */
export function runGolden(json: string): GoldenResult {
  const file = parseOrdered(json) as Map<string, unknown>
  const contexts = file.get('contexts') as Map<string, unknown>
  const now = new Date(String(file.get('now')))
  const cases = (file.get('cases') as Map<string, unknown>[]).map((entry) => Object.fromEntries(entry) as GoldenCase)
  const failed: GoldenFailure[] = []
  for (const { name, template, context, output, error } of cases) {
    const data = reviveDates(typeof context === 'string' ? contexts.get(context) : context, false)
    const expected = error ? REFUSED : (output ?? '')
    const got = renderCase(template, Object.fromEntries(data as Map<string, unknown>), now)
    if (got !== expected) failed.push({ name, template, expected, got })
  }
  return { passed: cases.length - failed.length, total: cases.length, failed }
}

function renderCase(source: string, context: Record<string, unknown>, now: Date): string {
  try {
    return renderTemplate(compileTemplate(source), context, { mode: 'preview', now })
  } catch (error) {
    if (error instanceof TemplateError && error.line > 0 && error.column > 0) return REFUSED
    return `threw ${error}`
  }
}

/** Texts under a key that begins with `dt_`, also in lists, are date-times; without an offset they are in UTC. */
function reviveDates(value: unknown, isDate: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => reviveDates(item, isDate))
  if (typeof value === 'string')
    return isDate ? new Date(/(?:Z|[-+]\d\d:\d\d)$/.test(value) ? value : `${value}Z`) : value
  if (!(value instanceof Map)) return value
  return new Map(Array.from(value, ([key, item]) => [key, reviveDates(item, String(key).startsWith('dt_'))]))
}

if (import.meta.main) {
  const results = process.argv.slice(2).map((file) => runGolden(readFileSync(file, 'utf8')))
  const failed = results.flatMap((result) => result.failed)
  const sum = (key: 'passed' | 'total') => results.reduce((total, result) => total + result[key], 0)
  console.log(JSON.stringify({ passed: sum('passed'), total: sum('total'), failed }))
  process.exitCode = failed.length > 0 ? 1 : 0
}
