import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { ensureSecret } from './secret.ts'

function openFolder(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), 'onecode-secret-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) }
}

test('the configured secret is taken and nothing is written', () => {
  using folder = openFolder()
  assert.equal(ensureSecret({ secret: 'c'.repeat(32), dataDir: folder.path }), 'c'.repeat(32))
  assert.deepEqual(readdirSync(folder.path), [])
})

test('without one, a secret is made once, kept, and readable by its owner only', () => {
  using folder = openFolder()
  const dataDir = join(folder.path, 'data')
  const secret = ensureSecret({ secret: undefined, dataDir })
  assert.ok(secret.length >= 43)
  assert.equal(ensureSecret({ secret: undefined, dataDir }), secret)
  assert.equal(statSync(join(dataDir, 'secret')).mode & 0o777, 0o600)
  assert.deepEqual(readdirSync(dataDir), ['secret'])
})

test('twelve processes that start together have one secret', async () => {
  using folder = openFolder()
  const at = Date.now() + 1500
  const program = `
    import { ensureSecret } from ${JSON.stringify(new URL('./secret.ts', import.meta.url).href)}
    while (Date.now() < ${at});
    process.stdout.write(ensureSecret({ secret: undefined, dataDir: ${JSON.stringify(folder.path)} }))`
  const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', program])
  const outputs = await Promise.all(Array.from({ length: 12 }, run))
  assert.equal(new Set(outputs.map((output) => output.stdout)).size, 1)
})

test('a damaged secret stops the start instead of locking everybody out with a new one', () => {
  using folder = openFolder()
  writeFileSync(join(folder.path, 'secret'), 'short')
  assert.throws(() => ensureSecret({ secret: undefined, dataDir: folder.path }), /holds no secret/)
})
