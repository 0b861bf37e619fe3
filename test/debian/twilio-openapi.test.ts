import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { openTwilio } from '../../src/channels/sms/twilio.ts'
import { freePort } from '../postgres.ts'
import { SAMPLE_SMS } from '../sample-sms.ts'

// Twilio's own description of its API, and a server that refuses every request that does not fit it. Both are large, so that
// they are no dependencies: they are fetched once into .cache, and the tests are skipped where that does not work.
const FOLDER = new URL('../../.cache/prism/', import.meta.url).pathname
const PACKAGES = ['@stoplight/prism-cli@5.16.0', '@twilio/cli-core@9.0.0']
const PRISM = join(FOLDER, 'node_modules/@stoplight/prism-cli/dist/index.js')
const SPEC = join(FOLDER, 'node_modules/@twilio/cli-core/src/services/twilio-api/twilio_api_v2010.json')
const INSTALL_MS = 240_000
const START_MS = 60_000

let server: ChildProcess | undefined
let url = ''
let problem = ''

before(async () => {
  problem = install()
  if (problem) return
  const port = await freePort()
  const args = [PRISM, 'mock', '--errors', '-h', '127.0.0.1', '-p', String(port), SPEC]
  server = spawn(process.execPath, args, { stdio: 'ignore' })
  url = `http://127.0.0.1:${port}`
  if (!(await answers(url))) problem = 'SKIPPED: prism did not start'
})

after(async () => {
  if (!server || server.exitCode !== null) return
  server.kill('SIGKILL')
  await once(server, 'exit')
})

/** Fetches what the tests need; says why they cannot run where it is not to be had. */
function install(): string {
  if (existsSync(PRISM) && existsSync(SPEC)) return ''
  mkdirSync(FOLDER, { recursive: true })
  const args = ['install', '--prefix', FOLDER, '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', ...PACKAGES]
  const { status } = spawnSync('npm', args, { timeout: INSTALL_MS, stdio: 'ignore', cwd: FOLDER })
  const isThere = status === 0 && existsSync(PRISM) && existsSync(SPEC)
  return isThere ? '' : `SKIPPED: ${PACKAGES.join(' and ')} could not be fetched from the npm registry`
}

async function answers(base: string): Promise<boolean> {
  const end = Date.now() + START_MS
  while (Date.now() < end && server?.exitCode === null) {
    const isUp = await fetch(base).then(
      () => true,
      () => false,
    )
    if (isUp) return true
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  return false
}

const SID = `AC${'0'.repeat(32)}`
const open = (more: Record<string, string> = {}) =>
  openTwilio({ provider: 'twilio', accountSid: SID, authToken: 'token', baseUrl: url, ...more })

test("our messages fit Twilio's description of its API, by number and by Messaging Service", async (t) => {
  if (problem) return t.skip(problem)
  await using byNumber = open({ statusCallbackUrl: 'https://shop.example/hooks?account=1' })
  await using byService = open({ messagingServiceSid: `MG${'1'.repeat(32)}` })
  const sent = [await byNumber.send(SAMPLE_SMS), await byService.send({ ...SAMPLE_SMS, from: null })]
  // prism answers 201 with made-up values: the sid may be one that we do not take, which is `unknown` and no refusal
  for (const outcome of sent)
    assert.ok(
      outcome.status === 'sent' || /^HTTP 201/.test('reason' in outcome ? outcome.reason : ''),
      JSON.stringify(outcome),
    )
})

test("what does not fit Twilio's description is refused, so that the check above means something", async (t) => {
  if (problem) return t.skip(problem)
  await using wrongService = open({ messagingServiceSid: 'nonsense' })
  const refused = await wrongService.send({ ...SAMPLE_SMS, from: null })
  assert.equal(refused.status, 'rejected', JSON.stringify(refused))
  await using wrongPath = openTwilio({
    provider: 'twilio',
    accountSid: SID,
    authToken: 'token',
    baseUrl: `${url}/wrong`,
  })
  assert.equal((await wrongPath.send(SAMPLE_SMS)).status, 'blocked')
})

test("our look-up and our test of the login fit Twilio's description", async (t) => {
  if (problem) return t.skip(problem)
  await using channel = open()
  const found = await channel.lookUp?.({ ...SAMPLE_SMS, sentAt: new Date() })
  // 500 is prism's word on its own canned list, whose addresses do not fit the description; a request that does not fit is 422
  assert.doesNotMatch(found?.status === 'unavailable' ? found.reason : '', /4\d\d/, JSON.stringify(found))
  const verified = await channel.verify()
  assert.ok(verified.ok, JSON.stringify(verified))
})
