/**
 * Renders files of template cases and compares the results with the outputs that Django gave.
 *
 *   node scripts/templates-golden.ts FILE...
 *
 * Prints one JSON line `{ passed, total, failed: [{ name, template, expected, got }] }`; the exit code is 1 when a case fails.
 */
import { readFileSync } from 'node:fs'
import { runGolden } from '../src/templates/golden.ts'

const results = process.argv.slice(2).map((file) => runGolden(JSON.parse(readFileSync(file, 'utf8'))))
const failed = results.flatMap((result) => result.failed)
const sum = (key: 'passed' | 'total') => results.reduce((total, result) => total + result[key], 0)
console.log(JSON.stringify({ passed: sum('passed'), total: sum('total'), failed }))
process.exitCode = failed.length > 0 ? 1 : 0
