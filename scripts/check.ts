// Format, lint, import direction, types of server and dashboard, unused code, complete lockfile.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const BIN = new URL('../node_modules/.bin/', import.meta.url).pathname
const STEPS: [string, string, string[]][] = [
  ['Biome', join(BIN, 'biome'), ['check', '--error-on-warnings']],
  ['TypeScript (server)', join(BIN, 'tsc'), ['-p', 'tsconfig.json']],
  ['TypeScript (dashboard)', join(BIN, 'tsc'), ['-p', 'dashboard/tsconfig.json']],
  ['knip', join(BIN, 'knip'), []],
  ['Shopify types', process.execPath, ['scripts/shopify-types.ts', '--check']],
  ['lockfile', process.execPath, ['scripts/complete-lockfile.mjs', '--check']],
]

let failed = 0
for (const [title, command, args] of STEPS) {
  const { status } = spawnSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32' })
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${title}`)
  if (status !== 0) failed += 1
}
process.exit(failed === 0 ? 0 : 1)
