/**
 * Renders files of template cases and compares the results with the outputs that Django gave.
 *
 *   node scripts/templates-golden.ts FILE...
 *
 * Prints one JSON line `{ passed, total, failed: [{ name, template, expected, got }] }`; the exit code is 1 when a case fails.
 */
import { readFileSync } from 'node:fs'
import { compileTemplate, renderTemplate, TemplateError } from '../src/templates/template.ts'

type GoldenCase = {
  name: string
  template: string
  context: string | Record<string, unknown>
  output?: string
  error?: boolean
}

/** A file of cases with the output of another engine. `now` is the moment of every render. */
type GoldenFile = { now: string; contexts: Record<string, Record<string, unknown>>; cases: GoldenCase[] }

type GoldenFailure = { name: string; template: string; expected: string; got: string }

type GoldenResult = { passed: number; total: number; failed: GoldenFailure[] }

/** What stands for an output where the template must be refused. */
const REFUSED = 'refused with line and column'

/** Renders every case of a file as a preview and lists those whose output differs. */
export function runGolden(file: GoldenFile): GoldenResult {
  const failed: GoldenFailure[] = []
  for (const { name, template, context, output, error } of file.cases) {
    const data = typeof context === 'string' ? (file.contexts[context] ?? {}) : context
    const expected = error ? REFUSED : (output ?? '')
    const got = renderCase(template, reviveDates(data, false) as Record<string, unknown>, new Date(file.now))
    if (got !== expected) failed.push({ name, template, expected, got })
  }
  return { passed: file.cases.length - failed.length, total: file.cases.length, failed }
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
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, item]) => [key, reviveDates(item, key.startsWith('dt_'))])
  return Object.fromEntries(entries)
}

if (import.meta.main) {
  const results = process.argv.slice(2).map((file) => runGolden(JSON.parse(readFileSync(file, 'utf8'))))
  const failed = results.flatMap((result) => result.failed)
  const sum = (key: 'passed' | 'total') => results.reduce((total, result) => total + result[key], 0)
  console.log(JSON.stringify({ passed: sum('passed'), total: sum('total'), failed }))
  process.exitCode = failed.length > 0 ? 1 : 0
}
