import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SendOutcome } from '../src/channels/send-outcome.ts'
import { freePort } from './postgres.ts'
import { openProviderServer, type ProviderAnswer } from './provider-server.ts'

type Sending<Message> = {
  message: Message
  open: (baseUrl: string) => AsyncDisposable & { send: (message: Message) => Promise<SendOutcome> }
}

/** Answers that mean the same whoever gives them, and what becomes of the message. */
const ANSWERS: [string, ProviderAnswer, SendOutcome['status']][] = [
  ['refuses the message', { status: 400, json: {} }, 'rejected'],
  ['refuses the message with words that are no JSON', { status: 422, body: '<h1>no</h1>' }, 'rejected'],
  ['does not know the credentials', { status: 401, json: {} }, 'blocked'],
  ['forbids it', { status: 403, json: {} }, 'blocked'],
  ['is asked at a wrong address', { status: 404, body: 'not here' }, 'blocked'],
  ['points elsewhere', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }, 'blocked'],
  ['wants fewer', { status: 429, json: {}, headers: { 'retry-after': '7' } }, 'throttled'],
  ['cannot now', { status: 503, json: {} }, 'deferred'],
  ['fails over it', { status: 500, json: {} }, 'unknown'],
  ['does not answer in time', 'hang', 'unknown'],
  ['breaks the connection', 'reset', 'unknown'],
  ['breaks off in the middle of its answer', 'cut', 'unknown'],
  ['answers something that is no HTTP', 'garbage', 'unknown'],
  ['takes it with an answer that is no JSON', { status: 200, body: 'ok' }, 'unknown'],
  ['takes it with an answer of another shape', { status: 200, json: { hello: ['you'] } }, 'unknown'],
  ['answers more than anybody would', { status: 200, body: `"${'x'.repeat(300_000)}"` }, 'unknown'],
]

/** Tests what becomes of a message when a provider's API fails. `open` opens the channel with a time limit of 500 ms. */
export function testProviderFailures<Message>(name: string, sending: Sending<Message>): void {
  for (const [title, answer, status] of ANSWERS) {
    test(`${name}: a provider that ${title} leaves the message ${status}`, async () => {
      await using server = await openProviderServer(() => answer)
      await using channel = sending.open(server.url)
      const outcome = await channel.send(sending.message)
      assert.equal(outcome.status, status, JSON.stringify(outcome))
      assert.ok(server.requests.length > 0)
      if (outcome.status === 'throttled') assert.equal(outcome.retryAfterMs, 7000)
    })
  }

  test(`${name}: a provider that cannot be reached defers the message`, async () => {
    for (const url of [`http://127.0.0.1:${await freePort()}`, 'http://no-such-host.invalid']) {
      await using channel = sending.open(url)
      const outcome = await channel.send(sending.message)
      assert.equal(outcome.status, 'deferred', JSON.stringify(outcome))
    }
  })

  test(`${name}: an address of the API that is no URL blocks`, async () => {
    await using channel = sending.open('not a url')
    assert.equal((await channel.send(sending.message)).status, 'blocked')
  })
}
