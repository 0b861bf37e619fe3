import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { freePort } from '../../../test/postgres.ts'
import { openProviderServer } from '../../../test/provider-server.ts'
import { type HttpClientOptions, type HttpReply, openHttpClient } from './http-client.ts'
import { createPublicLookup } from './public-address.ts'

async function call(url: string, options: Partial<HttpClientOptions> = {}, body?: string): Promise<HttpReply> {
  using client = openHttpClient({ connections: 2, timeoutMs: 500, maxReplyBytes: 1000, reach: 'any', ...options })
  return await client.call({ method: 'POST', url, headers: { 'x-a': 'b' }, ...(body === undefined ? {} : { body }) })
}

test('a whole reply is given back with status, headers and text, and the body arrives with its length', async () => {
  await using server = await openProviderServer(() => ({ status: 418, body: 'kännchen', headers: { 'x-b': 'c' } }))
  const reply = await call(`${server.url}/pot?a=1`, {}, 'täglich')
  assert.ok(reply.kind === 'reply')
  assert.deepEqual([reply.status, reply.body, reply.headers['x-b']], [418, 'kännchen', 'c'])
  const [request] = server.requests
  assert.deepEqual([request?.method, request?.path, request?.body], ['POST', '/pot?a=1', 'täglich'])
  assert.deepEqual([request?.headers['content-length'], request?.headers['x-a']], ['8', 'b'])
})

test('a redirect is a reply: nobody is called that was not named', async () => {
  await using other = await openProviderServer(() => ({ status: 200 }))
  await using server = await openProviderServer(() => ({ status: 307, headers: { location: other.url } }))
  const reply = await call(server.url)
  assert.equal(reply.kind === 'reply' && reply.status, 307)
  assert.equal(other.requests.length, 0)
})

test('what fails before a connection stands is unsent, what fails later is lost', async () => {
  await using server = await openProviderServer(({ path }) => path.slice(1) as 'hang')
  for (const [url, kind] of [
    [`${server.url}/hang`, 'lost'],
    [`${server.url}/reset`, 'lost'],
    [`${server.url}/cut`, 'lost'],
    [`${server.url}/garbage`, 'lost'],
    [`http://127.0.0.1:${await freePort()}/`, 'unsent'],
    ['http://no-such-host.invalid/', 'unsent'],
  ] as const)
    assert.equal((await call(url)).kind, kind, url)
})

test('a server that answers no TLS handshake, or a wrong one, was sent nothing', async () => {
  await using plain = await openProviderServer(() => ({ status: 200 }))
  const wrong = await call(plain.url.replace('http:', 'https:'))
  assert.equal(wrong.kind, 'unsent')
  assert.equal(plain.requests.length, 0)
  const sockets: Socket[] = []
  const mute = createServer((socket) => void sockets.push(socket)).listen(0, '127.0.0.1')
  await new Promise((resolve) => mute.once('listening', resolve))
  const silent = await call(`https://127.0.0.1:${(mute.address() as AddressInfo).port}/`)
  assert.deepEqual(silent, { kind: 'unsent', reason: 'No answer within 500 ms.', isRefused: false })
  for (const socket of sockets) socket.destroy()
  mute.close()
})

test('a connection that is used again and breaks is lost, for the request may have arrived', async () => {
  await using server = await openProviderServer(({ path }) => (path === '/ok' ? { status: 200 } : 'reset'))
  using client = openHttpClient({ connections: 1, timeoutMs: 500, maxReplyBytes: 1000, reach: 'any' })
  const request = { method: 'GET', headers: {} } as const
  assert.equal((await client.call({ ...request, url: `${server.url}/ok` })).kind, 'reply')
  assert.equal((await client.call({ ...request, url: `${server.url}/no` })).kind, 'lost')
  assert.equal(server.requests.length, 2)
})

test('a reply beyond the limit of size is lost', async () => {
  await using server = await openProviderServer(({ body }) => ({ status: 200, body }))
  assert.equal((await call(server.url, {}, 'x'.repeat(1000))).kind, 'reply')
  const reply = await call(server.url, {}, 'x'.repeat(1001))
  assert.deepEqual(reply, { kind: 'lost', reason: 'The reply is larger than 1000 bytes.' })
})

test('a URL that is none, of another scheme or with a password in it is refused', async () => {
  for (const url of ['', 'shop', 'file:///etc/passwd', 'ftp://shop.example/', 'https://me:pw@shop.example/']) {
    const reply = await call(url)
    assert.deepEqual([reply.kind, reply.kind === 'unsent' && reply.isRefused], ['unsent', true], url)
  }
})

test('where only the public internet may be reached, no spelling of an own address is called', async () => {
  await using server = await openProviderServer(() => ({ status: 200 }))
  const { port } = new URL(server.url)
  const hosts = ['127.0.0.1', '127.1', '0x7f.1', '2130706433', '0177.0.0.1', '[::1]', '[::ffff:127.0.0.1]', 'localhost']
  for (const host of [...hosts, '169.254.169.254', '0.0.0.0', '10.0.0.1']) {
    const reply = await call(`https://${host}:${port}/`, { reach: 'public' })
    assert.deepEqual([reply.kind, reply.kind === 'unsent' && reply.isRefused], ['unsent', true], host)
    assert.match(reply.kind === 'unsent' ? reply.reason : '', /public internet/)
  }
  const plain = await call(`http://8.8.8.8:${port}/`, { reach: 'public' })
  assert.match(plain.kind === 'unsent' ? plain.reason : '', /https/)
  assert.equal(server.requests.length, 0)
})

test('a name that answers first with a public and then with an own address is not called twice over', async () => {
  await using server = await openProviderServer(() => ({ status: 200 }))
  const answers = [['127.0.0.1'], ['8.8.8.8', '127.0.0.1']]
  let asked = 0
  const lookup = createPublicLookup((_host, done) => {
    done(
      null,
      (answers[asked++] ?? []).map((address) => ({ address, family: 4 })),
    )
  })
  const url = `https://rebind.example:${new URL(server.url).port}/`
  for (const _ of answers) {
    const reply = await call(url, { reach: 'public', lookup })
    assert.deepEqual([reply.kind, reply.kind === 'unsent' && reply.isRefused], ['unsent', true])
  }
  assert.equal(server.requests.length, 0)
})
