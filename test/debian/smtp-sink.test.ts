import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openSmtp } from '../../src/channels/email/smtp.ts'
import { SAMPLE_EMAIL } from '../sample-email.ts'
import { openDebianSink } from './open-sink.ts'
import { missing, SMTP_SINK } from './tools.ts'

const skip = missing(SMTP_SINK, 'postfix')
/** How long the channel bears silence in these tests. */
const SILENCE_MS = 1500

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
    await using sink = await openDebianSink(options)
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
  await using sink = await openDebianSink(['-n', '3']) // ends after three sessions
  const settings = { provider: 'smtp', host: '127.0.0.1', port: sink.port, security: 'none', connections: 4 } as const
  await using channel = openSmtp(settings, SILENCE_MS)
  const ids = Array.from({ length: 40 }, (_, i) => `01890000-0000-7000-8000-${String(i).padStart(12, '0')}`)
  const outcomes = await Promise.all(ids.map((messageId) => channel.send({ ...SAMPLE_EMAIL, messageId })))
  const arrived = sink.mails().map((mail) => mail.match(/Message-ID: <([0-9a-f-]{36})/)?.[1])
  assert.equal(new Set(arrived).size, arrived.length, 'a mail arrived twice')
  for (const [index, outcome] of outcomes.entries())
    if (outcome.status === 'sent') assert.ok(arrived.includes(ids[index]), 'a mail that counts as sent did not arrive')
})
