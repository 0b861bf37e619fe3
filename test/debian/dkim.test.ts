import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import type { OutgoingEmail } from '../../src/channels/email/email-channel.ts'
import type { DkimSettings } from '../../src/channels/email/email-settings.ts'
import { openSmtp } from '../../src/channels/email/smtp.ts'
import { SAMPLE_EMAIL } from '../sample-email.ts'
import { openSmtpSink } from '../smtp-sink.ts'
import { missing, missingModule, PYTHON } from './tools.ts'

const skip = missing(PYTHON, 'python3') || missingModule('dkim', 'python3-dkim')
const READER = new URL('read-mail.py', import.meta.url).pathname

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const RECORD = `v=DKIM1; k=rsa; p=${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`
const DKIM: DkimSettings = {
  domain: 'linden.example',
  selector: 'onecode',
  privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
}

/** The bytes that a mail server got for a mail. */
async function sendThrough(email: OutgoingEmail, dkim?: DkimSettings): Promise<string> {
  await using sink = await openSmtpSink()
  const settings = { provider: 'smtp', host: '127.0.0.1', port: sink.port, security: 'none', connections: 1 } as const
  await using channel = openSmtp({ ...settings, ...(dkim ? { dkim } : {}) })
  assert.equal((await channel.send(email)).status, 'sent')
  return sink.mails[0]?.raw ?? ''
}

function read(raw: string): Record<string, unknown> {
  const { stdout, stderr, status } = spawnSync(PYTHON, [READER, RECORD], { input: raw, timeout: 30_000 })
  assert.equal(status, 0, stderr.toString())
  return JSON.parse(stdout.toString()) as Record<string, unknown>
}

test("Python's parser reads a mail as it was meant, and dkimpy verifies its signature over every header that counts", {
  skip,
}, async () => {
  const email = {
    ...SAMPLE_EMAIL,
    text: `Grüße, ${'lang '.repeat(400)}\n.\nFrom here`,
    html: `<p>${'ä'.repeat(2000)}</p>`,
  }
  const { signed, longestLine, ...rest } = read(await sendThrough(email, DKIM))
  assert.deepEqual(rest, {
    verified: true,
    asked: ['onecode._domainkey.linden.example.'],
    subject: email.subject,
    from: ['Café Größe', 'shop@linden.example'],
    replyTo: 'help@linden.example',
    to: 'zoe@example.com',
    messageId: `<${email.messageId}.2@linden.example>`,
    listUnsubscribe: email.headers['List-Unsubscribe'],
    listUnsubscribePost: 'List-Unsubscribe=One-Click',
    feedbackId: email.feedbackId,
    text: email.text.trim(),
    html: email.html,
    defects: [],
  })
  const needed = ['from', 'to', 'subject', 'date', 'message-id', 'reply-to', 'mime-version', 'content-type']
  for (const header of [...needed, 'list-unsubscribe', 'list-unsubscribe-post', 'feedback-id'])
    assert.ok((signed as string[]).includes(header), `${header} is not signed`)
  assert.ok((longestLine as number) <= 998, 'a line is longer than SMTP allows')
})

test('a signed mail that was changed on its way does not verify', { skip }, async () => {
  const raw = await sendThrough(SAMPLE_EMAIL, DKIM)
  assert.equal(read(raw).verified, true)
  for (const [from, to] of [
    ['List-Unsubscribe=One-Click', 'List-Unsubscribe=Two-Click'],
    ['https://shop.example/unsubscribe/x', 'https://evil.example/unsubscribe/x'],
    ['zoe@example.com', 'max@example.com'],
    ['campaign:onecode', 'campaign:twocode'],
  ] as const) {
    const changed = raw.replace(from, to)
    assert.notEqual(changed, raw)
    assert.equal(read(changed).verified, false, from)
  }
})

test('without a key a mail is not signed', { skip }, async () => {
  assert.equal(read(await sendThrough(SAMPLE_EMAIL)).verified, null)
})
