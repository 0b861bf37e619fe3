import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openSmtp } from '../../src/channels/email/smtp.ts'
import { freePort } from '../postgres.ts'
import { SAMPLE_EMAIL } from '../sample-email.ts'
import { missing, SMTP_SINK } from './tools.ts'

const skip = missing(SMTP_SINK, 'postfix')
/** How long the channel bears silence in these tests. */
const SILENCE_MS = 1500

type Sink = AsyncDisposable & { port: number; mails: () => string[] }

/** Postfix's own test server on a free port, with these options; it writes a file for each mail that was handed over. */
async function openSink(options: string[]): Promise<Sink> {
  const folder = mkdtempSync(join(tmpdir(), 'onecode-smtp-sink-'))
  chmodSync(folder, 0o777) // it runs as nobody when we are root
  const port = await freePort()
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  const args = [...user, ...options, '-d', `${folder}/m.`, `127.0.0.1:${port}`, '50']
  const child = spawn(SMTP_SINK, args, { stdio: 'ignore' })
  await waitForPort(port)
  return {
    port,
    mails: () => readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8')),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function waitForPort(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const socket = connect(port, '127.0.0.1')
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    })
    socket.destroy()
    if (isOpen) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error('smtp-sink does not listen')
}

/** Options of smtp-sink and what must become of the mail. Once the server has greeted, the end of a connection tells nothing: unknown. */
const MATRIX: [string[], string][] = [
  [[], 'sent'],
  [['-e'], 'sent'],
  [['-8', '-E', '-p', '-N'], 'sent'],
  [['-r', 'CONNECT'], 'deferred'],
  [['-r', 'EHLO'], 'sent'], // falls back to HELO
  [['-r', 'EHLO,HELO'], 'deferred'],
  [['-r', 'MAIL'], 'deferred'],
  [['-r', 'RCPT'], 'deferred'],
  [['-r', 'DATA'], 'deferred'],
  [['-r', '.'], 'deferred'],
  [['-f', 'CONNECT'], 'blocked'],
  [['-f', 'EHLO,HELO'], 'blocked'],
  [['-f', 'MAIL'], 'rejected account'],
  [['-f', 'RCPT'], 'rejected content'],
  [['-f', 'RCPT', '-B', '550 5.1.1 no such user'], 'rejected address'],
  [['-f', 'RCPT', '-B', '554 5.7.1 relay access denied'], 'rejected account'],
  [['-f', 'DATA'], 'rejected content'],
  [['-f', '.'], 'rejected content'],
  [['-r', 'MAIL', '-b', '454 Throttling failure: Maximum sending rate exceeded.'], 'throttled'],
  [['-Q', 'EHLO'], 'throttled'],
  [['-Q', 'MAIL'], 'throttled'],
  [['-Q', 'RCPT'], 'throttled'],
  [['-Q', 'DATA'], 'throttled'],
  [['-Q', '.'], 'throttled'],
  [['-q', 'CONNECT'], 'deferred'], // nothing was offered
  [['-q', 'EHLO'], 'unknown'],
  [['-q', 'MAIL'], 'unknown'],
  [['-q', 'RCPT'], 'unknown'],
  [['-q', 'DATA'], 'unknown'],
  [['-q', '.'], 'unknown'],
  [['-w', '30'], 'unknown'],
  [['-w', '1'], 'sent'],
]

for (const [options, expected] of MATRIX) {
  test(`smtp-sink ${options.join(' ')} leaves the mail ${expected}`, { skip }, async () => {
    await using sink = await openSink(options)
    const settings = { provider: 'smtp', host: '127.0.0.1', port: sink.port, security: 'none', connections: 1 } as const
    await using channel = openSmtp(settings, SILENCE_MS)
    const outcome = await channel.send(SAMPLE_EMAIL)
    const told = [outcome.status, ...('fault' in outcome ? [outcome.fault] : [])].join(' ')
    assert.equal(told, expected, JSON.stringify(outcome))
    const mails = sink
      .mails()
      .filter((mail) => mail.includes(`Message-ID: <${SAMPLE_EMAIL.messageId}.2@linden.example>`))
    if (outcome.status === 'sent') assert.equal(mails.length, 1)
    else assert.ok(mails.length <= 1, 'a mail that failed was handed over more than once')
  })
}

test('many mails over several connections of a server that drops some of them: none arrives twice', {
  skip,
}, async () => {
  await using sink = await openSink(['-n', '3']) // ends after three sessions
  const settings = { provider: 'smtp', host: '127.0.0.1', port: sink.port, security: 'none', connections: 4 } as const
  await using channel = openSmtp(settings, SILENCE_MS)
  const ids = Array.from({ length: 40 }, (_, i) => `01890000-0000-7000-8000-${String(i).padStart(12, '0')}`)
  const outcomes = await Promise.all(ids.map((messageId) => channel.send({ ...SAMPLE_EMAIL, messageId })))
  const arrived = sink.mails().map((mail) => mail.match(/Message-ID: <([0-9a-f-]{36})/)?.[1])
  assert.equal(new Set(arrived).size, arrived.length, 'a mail arrived twice')
  for (const [index, outcome] of outcomes.entries())
    if (outcome.status === 'sent') assert.ok(arrived.includes(ids[index]), 'a mail that counts as sent did not arrive')
})
