import assert from 'node:assert/strict'
import { test } from 'node:test'
import PostalMime from 'postal-mime'
import type { SMTPServerOptions } from 'smtp-server'
import { freePort } from '../../../test/postgres.ts'
import { openSmtpSink, type SmtpSink } from '../../../test/smtp-sink.ts'
import type { SendOutcome } from '../send-outcome.ts'
import type { OutgoingEmail } from './email-channel.ts'
import { openSmtp } from './smtp.ts'

const email: OutgoingEmail = {
  messageId: '01890000-0000-7000-8000-000000000001',
  attempt: 1,
  accountId: 'a1',
  group: 'c1',
  from: '"Café Größe" <shop@linden.example>',
  to: 'zoe@example.com',
  subject: 'Dein Code, Zoë — für dich',
  html: '<p>Grüße</p>',
  text: 'Grüße',
  headers: {
    'List-Unsubscribe': '<https://shop.example/unsubscribe/x>',
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  },
}

/** Sends one mail to a server that answers by `options`. */
async function sendTo(options: SMTPServerOptions, login = ''): Promise<{ outcome: SendOutcome; sink: SmtpSink }> {
  await using sink = await openSmtpSink(options)
  await using channel = openSmtp(sink.url.replace('//', `//${login}`), 2)
  return { outcome: await channel.send(email), sink }
}

const failWith = (responseCode: number): Error => Object.assign(new Error('not this one'), { responseCode })

test('a mail arrives with its sender, recipient, subject, both parts and the headers for unsubscribing', async () => {
  const { outcome, sink } = await sendTo({})
  assert.equal(outcome.status, 'sent')
  assert.equal(sink.mails.length, 1)
  const mail = await PostalMime.parse(sink.mails[0]?.raw ?? '')
  assert.deepEqual(mail.from, { name: 'Café Größe', address: 'shop@linden.example' })
  assert.deepEqual(
    mail.to?.map((to) => to.address),
    ['zoe@example.com'],
  )
  assert.deepEqual([mail.subject, mail.html?.trim(), mail.text?.trim()], [email.subject, email.html, email.text])
  assert.equal(mail.messageId, `<${email.messageId}.1@linden.example>`)
  const headers = new Map(mail.headers.map((header) => [header.key, header.value]))
  assert.equal(headers.get('list-unsubscribe'), email.headers['List-Unsubscribe'])
  assert.equal(headers.get('list-unsubscribe-post'), 'List-Unsubscribe=One-Click')
})

const STAGES: [string, (code: number) => SMTPServerOptions][] = [
  ['the sender', (code) => ({ onMailFrom: (_address, _session, done) => done(failWith(code)) })],
  ['the recipient', (code) => ({ onRcptTo: (_address, _session, done) => done(failWith(code)) })],
  [
    'the mail itself',
    (code) => ({
      onData: (stream, _session, done) => {
        stream.on('end', () => done(failWith(code))).resume()
      },
    }),
  ],
]

for (const [stage, options] of STAGES) {
  test(`a server that refuses ${stage} for now throttles or defers it, and for good rejects it`, async () => {
    for (const code of [421, 454]) assert.equal((await sendTo(options(code))).outcome.status, 'throttled', `${code}`)
    for (const code of [450, 451, 452])
      assert.equal((await sendTo(options(code))).outcome.status, 'deferred', `${code}`)
    for (const code of [550, 552, 554])
      assert.equal((await sendTo(options(code))).outcome.status, 'rejected', `${code}`)
  })
}

test('a connection that breaks after the mail was handed over leaves its fate unknown', async () => {
  let taken = 0
  const { outcome } = await sendTo({
    onData(stream) {
      stream.on('end', () => {
        taken += 1
        ;(this as unknown as { connections: Set<{ _socket: { destroy: () => void } }> }).connections.forEach(
          (connection) => {
            connection._socket.destroy()
          },
        )
      })
      stream.resume()
    },
  })
  assert.deepEqual([outcome.status, taken], ['unknown', 1])
})

test('wrong credentials stop all mail', async () => {
  const options: SMTPServerOptions = {
    authOptional: false,
    onAuth: (auth, _session, done) =>
      auth.password === 'right' ? done(null, { user: auth.username ?? '' }) : done(new Error('no such user')),
  }
  assert.equal((await sendTo(options, 'shop:wrong@')).outcome.status, 'blocked')
  assert.equal((await sendTo(options, 'shop:right@')).outcome.status, 'sent')
})

test('a server that cannot be reached defers the mail', async () => {
  const urls = [`smtp://127.0.0.1:${await freePort()}`, 'smtp://no-such-host.invalid:2525']
  for (const url of urls) {
    await using channel = openSmtp(url, 1)
    assert.equal((await channel.send(email)).status, 'deferred', url)
  }
})

test('many mails at once each arrive once', async () => {
  await using sink = await openSmtpSink()
  await using channel = openSmtp(sink.url, 3)
  const addresses = Array.from({ length: 60 }, (_, i) => `person-${i}@example.com`)
  const outcomes = await Promise.all(addresses.map((to) => channel.send({ ...email, messageId: to, to })))
  assert.ok(outcomes.every((outcome) => outcome.status === 'sent'))
  assert.deepEqual(sink.mails.map((mail) => mail.to).toSorted(), addresses.toSorted())
})
