import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { test } from 'node:test'
import { openEmulator } from '../../emulator/emulator.ts'
import { openApp } from '../app.ts'
import { readConfig } from '../config.ts'
import { pingDatabase } from '../db/ping.ts'
import { runCli } from './program.ts'

test('a shop is connected, listed, checked and disconnected from the command line, secrets in files', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'onecode-stores-'))
  t.after(() => rm(dataDir, { recursive: true, force: true }))
  await using emulator = await openEmulator()
  const environment: Record<string, string> = { DATA_DIR: dataDir, LOG_LEVEL: 'silent', PORT: '0' }
  const run = async (args: string[], input = '') => {
    const chunks: string[] = []
    const collect = () =>
      new Writable({ write: (chunk, _encoding, done) => done(void chunks.push(String(chunk)) as undefined) })
    const io = {
      environment,
      input: Readable.from([input]),
      output: collect(),
      notes: collect(),
      onInterrupt: () => () => {},
    }
    return { exitCode: await runCli(args, io), said: chunks.join('') }
  }
  const made = await run(
    ['init', '--email', 'owner@example.com', '--account', 'Linden & Co', '--json'],
    'correct horse battery',
  )
  const demo = { url: emulator.url, domain: emulator.shopDomain }
  await using app = await openApp(readConfig({ ...environment, EMULATOR_PORT: 'off' }), { demo })
  Object.assign(environment, { ONECODE_URL: app.url, ONECODE_API_KEY: JSON.parse(made.said).apiKey })

  const secretFile = join(dataDir, 'client-secret')
  await writeFile(secretFile, `${emulator.clientSecret}\n`)
  const tokenFile = join(dataDir, 'token')
  await writeFile(tokenFile, `${emulator.adminToken}\n`)
  const domain = emulator.shopDomain
  const both = ['--client-id', emulator.clientId, '--secret-file', secretFile]
  const connected = await run(['stores', 'connect-shopify', domain, '--name', 'Main shop', ...both])
  assert.equal(connected.exitCode, 0, connected.said)
  assert.match(connected.said, /is connected as the store Main shop/)
  assert.match(connected.said, /webhooks +can be checked/)
  const again = await run(['stores', 'connect-shopify', domain, '--token-file', tokenFile])
  assert.match(again.said, /Main shop is connected again/)
  assert.match(again.said, /no API secret key/)
  const typed = await run(['stores', 'connect-shopify', domain], emulator.adminToken)
  assert.equal(typed.exitCode, 0, typed.said)
  assert.match((await run(['stores', 'list'])).said, /Main shop +shopify +CAD +local-shop\.myshopify\.com +connected/)
  assert.match((await run(['stores', 'check', 'main shop'])).said, /state +connected/)
  assert.match((await run(['stores', 'disconnect', 'Main shop'])).said, /is disconnected/)
  assert.match((await run(['stores', 'list'])).said, /disconnected/)
  assert.match((await run(['stores', 'connect-demo'])).said, /connected again/)
  const custom = await run(['stores', 'check', 'Linden & Co'])
  assert.deepEqual([custom.exitCode, /no Shopify shop/.test(custom.said)], [1, true])
  const wrong = await run(['stores', 'connect-shopify', domain, '--client-id', 'x', '--token-file', tokenFile])
  assert.deepEqual([wrong.exitCode, /Choose one/.test(wrong.said)], [1, true])
  for (const { said } of [connected, again, typed]) {
    assert.ok(!said.includes(emulator.adminToken) && !said.includes(emulator.clientSecret))
  }
  await pingDatabase(app.db, 5000)
})
