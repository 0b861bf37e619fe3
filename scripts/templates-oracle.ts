/**
 * Renders new template cases with Django, so that they can be kept as a file for templates-golden.ts.
 *
 *   apt-get install python3-django
 *   node scripts/templates-oracle.ts CASES.json > GOLDEN.json
 *
 * CASES.json is `{ now, contexts: { name: {…} }, cases: [{ name, template, context }] }`; a context is a name or an object.
 * Each case gets `output`, or `error: true` and a `reason`. Texts under a key that begins with `dt_` are date-times.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Debian's own Python, which has Debian's Django; another python3 may come first in the path. */
const PYTHON = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3'

const [file] = process.argv.slice(2)
if (file === undefined) {
  console.error('Usage: node scripts/templates-oracle.ts CASES.json > GOLDEN.json')
  process.exit(2)
}
const { stdout, stderr, status } = spawnSync(PYTHON, [join(import.meta.dirname, 'templates-oracle.py')], {
  input: readFileSync(file),
  maxBuffer: 1 << 30,
  encoding: 'utf8',
})
process.stderr.write(stderr)
process.stdout.write(stdout)
process.exitCode = status ?? 1
