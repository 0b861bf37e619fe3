import assert from 'node:assert/strict'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import PostalMime from 'postal-mime'
import type { SMTPServerOptions } from 'smtp-server'
import { freePort } from '../../../test/postgres.ts'
import { SAMPLE_EMAIL } from '../../../test/sample-email.ts'
import { openSmtpSink, type SmtpSink } from '../../../test/smtp-sink.ts'
import type { SendOutcome } from '../send-outcome.ts'
import { openSmtp, parseSmtpUrl } from './smtp.ts'
import { outcomeOfError } from './smtp-outcome.ts'

const email = SAMPLE_EMAIL

/** Sends one mail to a server that answers by `options`. */
async function sendTo(options: SMTPServerOptions, login = ''): Promise<{ outcome: SendOutcome; sink: SmtpSink }> {
  await using sink = await openSmtpSink(options)
  await using channel = openSmtp(parseSmtpUrl(sink.url.replace('//', `//${login}`), 2))
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
  assert.equal(mail.messageId, `<${email.messageId}.2@linden.example>`)
  const headers = new Map(mail.headers.map((header) => [header.key, header.value]))
  assert.equal(headers.get('list-unsubscribe'), email.headers['List-Unsubscribe'])
  assert.equal(headers.get('list-unsubscribe-post'), 'List-Unsubscribe=One-Click')
  assert.equal(headers.get('feedback-id'), email.feedbackId)
  assert.deepEqual(mail.replyTo, [{ name: 'Help, please', address: 'help@linden.example' }])
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
    await using channel = openSmtp(parseSmtpUrl(url, 1))
    assert.equal((await channel.send(email)).status, 'deferred', url)
  }
})

test('many mails at once each arrive once', async () => {
  await using sink = await openSmtpSink()
  await using channel = openSmtp(parseSmtpUrl(sink.url, 3))
  const addresses = Array.from({ length: 60 }, (_, i) => `person-${i}@example.com`)
  const outcomes = await Promise.all(addresses.map((to) => channel.send({ ...email, messageId: to, to })))
  assert.ok(outcomes.every((outcome) => outcome.status === 'sent'))
  assert.deepEqual(sink.mails.map((mail) => mail.to).toSorted(), addresses.toSorted())
})

test('what a refusal is about is told by its enhanced code, and in doubt it is never the address', async () => {
  const cases: [string, number, string, string][] = [
    ['onRcptTo', 550, '5.1.1 no such user', 'address'],
    ['onRcptTo', 550, 'no such user', 'address'],
    ['onRcptTo', 550, '5.2.1 mailbox disabled', 'address'],
    ['onRcptTo', 552, '5.2.2 mailbox full', 'content'],
    ['onRcptTo', 552, 'mailbox full', 'content'],
    ['onRcptTo', 554, '5.7.1 relay access denied', 'account'],
    ['onRcptTo', 550, 'your address is listed at a block list', 'account'],
    ['onRcptTo', 550, '5.4.1 no route', 'content'],
    ['onMailFrom', 550, '5.1.8 sender not known', 'account'],
    ['onData', 554, '5.7.1 looks like spam', 'content'],
    ['onData', 550, '5.1.1 no such user', 'address'],
  ]
  for (const [step, responseCode, words, fault] of cases) {
    const error = Object.assign(new Error(words), { responseCode })
    const options: SMTPServerOptions =
      step === 'onData'
        ? { onData: (stream, _session, done) => void stream.on('end', () => done(error)).resume() }
        : { [step]: (_address: unknown, _session: unknown, done: (error: Error) => void) => done(error) }
    const { outcome } = await sendTo(options)
    assert.deepEqual([outcome.status, 'fault' in outcome && outcome.fault], ['rejected', fault], words)
  }
})

test('a reply that answers nothing, and a positive one where a refusal was told, leave the fate unknown', () => {
  const failures = [
    { code: 'EPROTOCOL', responseCode: 550, command: 'CONN', message: 'Unexpected Response: 550 what' },
    { code: 'EPROTOCOL', responseCode: 250, command: 'CONN', message: 'Unexpected Response: 250 ok' },
    { code: 'ECONNECTION', responseCode: 250, command: 'CONN', message: 'closed: 250 o' },
    { code: 'ETIMEDOUT', timeoutType: 'SOCKET_TIMEOUT', command: 'CONN', message: 'Timeout' },
    { code: 'ESOCKET', originalCode: 'ECONNRESET', syscall: 'read', command: 'CONN', message: 'read ECONNRESET' },
  ]
  for (const failure of failures) assert.equal(outcomeOfError(failure).status, 'unknown', failure.message)
})

test('a server that greets nobody stops all mail for good, or slows it down for now', async () => {
  for (const [greeting, status] of [
    ['554 no mail here', 'blocked'],
    ['421 too many connections', 'throttled'],
  ] as const) {
    await using server = await openGreeter(greeting)
    await using channel = openSmtp(parseSmtpUrl(server.url, 1))
    assert.equal((await channel.send(email)).status, status, greeting)
  }
})

test('a server that never greets defers the mail, and one that falls silent later leaves it unknown', async () => {
  await using mute = await openGreeter('')
  await using waiting = openSmtp(parseSmtpUrl(mute.url, 1), 300)
  assert.equal((await waiting.send(email)).status, 'deferred')
  await using sink = await openSmtpSink({ onRcptTo: () => {} })
  await using silent = openSmtp(parseSmtpUrl(sink.url, 1), 300)
  assert.equal((await silent.send(email)).status, 'unknown')
})

test('a server whose certificate nobody trusts, or that has no STARTTLS where it must, gets no mail and stops all', async () => {
  await using tls = await openSmtpSink({ secure: true })
  await using plain = await openSmtpSink()
  await using upgrading = await openSmtpSink({ disabledCommands: [] })
  const settings = { provider: 'smtp', host: '127.0.0.1', connections: 1 } as const
  for (const [port, security] of [
    [tls.port, 'tls'],
    [plain.port, 'starttls'],
    [upgrading.port, 'starttls'],
  ] as const) {
    await using channel = openSmtp({ ...settings, port, security })
    const outcome = await channel.send(email)
    assert.equal(outcome.status, 'blocked', JSON.stringify(outcome))
    assert.equal((await channel.verify()).ok, false)
  }
  assert.equal(tls.mails.length + plain.mails.length + upgrading.mails.length, 0)
})

test('a login is tested without sending', async () => {
  const options: SMTPServerOptions = {
    authOptional: false,
    onAuth: (auth, _session, done) =>
      auth.password === 'right' ? done(null, { user: auth.username ?? '' }) : done(new Error('no such user')),
  }
  await using sink = await openSmtpSink(options)
  const settings = { provider: 'smtp', host: '127.0.0.1', port: sink.port, security: 'none', connections: 1 } as const
  await using right = openSmtp({ ...settings, user: 'shop', password: 'right' })
  await using wrong = openSmtp({ ...settings, user: 'shop', password: 'wrong' })
  assert.deepEqual(await right.verify(), { ok: true, facts: ['127.0.0.1 took the connection and the login.'] })
  const verified = await wrong.verify()
  assert.match(verified.ok ? '' : verified.reason, /no such user/)
  assert.equal(sink.mails.length, 0)
})

test('the URL of a mail server names host, port, login and how it is encrypted', () => {
  const read = { provider: 'smtp', connections: 4 }
  assert.deepEqual(parseSmtpUrl('smtp://a%40b:p%2Fw@mail.example', 4), {
    ...read,
    host: 'mail.example',
    port: 587,
    security: 'auto',
    user: 'a@b',
    password: 'p/w',
  })
  assert.deepEqual(parseSmtpUrl('smtps://[::1]', 4), { ...read, host: '::1', port: 465, security: 'tls' })
})

/** A server that says one line to whoever connects and nothing else; the empty line is never said. */
async function openGreeter(line: string): Promise<AsyncDisposable & { url: string }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    if (line) socket.end(`${line}\r\n`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
