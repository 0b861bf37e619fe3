import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, before, test } from 'node:test'
import { type Emulator, openEmulator } from '../emulator.ts'
import { callAdmin } from '../test-client.ts'

let emulator: Emulator

before(async () => {
  emulator = await openEmulator()
})

after(() => emulator.close())

const REDIRECT = 'http://127.0.0.1:9/callback?from=test'

interface TokenReply {
  access_token?: string
  scope?: string
  expires_in?: number
  refresh_token?: string
  error?: string
}

async function exchange(fields: object): Promise<TokenReply> {
  const response = await fetch(`${emulator.url}/admin/oauth/access_token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_id: emulator.clientId, client_secret: emulator.clientSecret, ...fields }),
  })
  return (await response.json()) as TokenReply
}

async function install(scope: string): Promise<URL> {
  const response = await fetch(`${emulator.url}/admin/oauth/authorize`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({
      client_id: emulator.clientId,
      redirect_uri: REDIRECT,
      state: 'nonce',
      scope,
      answer: 'install',
    }),
  })
  return new URL(response.headers.get('location') ?? '')
}

test('installing the app leads back with a code, the state, and an hmac over the other parameters', async () => {
  const target = await install('write_discounts')
  const parameters = Object.fromEntries(target.searchParams)
  assert.equal(parameters.state, 'nonce')
  assert.equal(parameters.shop, emulator.shopDomain)
  const { hmac, from: _, ...signed } = parameters
  const message = Object.keys(signed)
    .sort()
    .map((key) => `${key}=${signed[key]}`)
    .join('&')
  assert.equal(hmac, createHmac('sha256', emulator.clientSecret).update(message).digest('hex'))
  const token = await exchange({ code: parameters.code })
  assert.equal(token.scope, 'write_discounts')
  assert.equal(
    (await callAdmin(emulator, '{ discountNodesCount { count } }', {}, token.access_token)).data.discountNodesCount
      .count,
    0,
  )
  assert.equal((await exchange({ code: parameters.code })).error, 'invalid_request')
})

test('client credentials give a token of 24 hours, wrong ones give none', async () => {
  const token = await exchange({ grant_type: 'client_credentials' })
  assert.ok(token.access_token)
  assert.ok((token.expires_in ?? 0) > 86_300 && (token.expires_in ?? 0) <= 86_400)
  assert.equal((await exchange({ grant_type: 'client_credentials', client_secret: 'wrong' })).error, 'invalid_client')
})

test('an expiring token is renewed once by its refresh token', async () => {
  const code = (await install('read_products')).searchParams.get('code')
  const first = await exchange({ code, expiring: 1 })
  assert.ok(first.refresh_token)
  const second = await exchange({ grant_type: 'refresh_token', refresh_token: first.refresh_token })
  assert.ok(second.access_token && second.access_token !== first.access_token)
  assert.equal(
    (await exchange({ grant_type: 'refresh_token', refresh_token: first.refresh_token })).error,
    'invalid_grant',
  )
})

test('the page of consent names the scopes and refuses an unknown app', async () => {
  const ask = (clientId: string): Promise<Response> =>
    fetch(
      `${emulator.url}/admin/oauth/authorize?client_id=${clientId}&scope=write_discounts&redirect_uri=${encodeURIComponent(REDIRECT)}&state=s`,
    )
  assert.match(await (await ask(emulator.clientId)).text(), /write_discounts/)
  assert.equal((await ask('unknown')).status, 400)
})

test('an uninstalled app has no access any more', async () => {
  const token = await exchange({ grant_type: 'client_credentials' })
  await fetch(`${emulator.url}/_emulator/app/uninstall`, { method: 'POST' })
  const reply = await callAdmin(emulator, '{ shop { name } }', {}, token.access_token)
  assert.equal(reply.data, undefined)
})
