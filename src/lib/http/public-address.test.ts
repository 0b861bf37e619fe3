import assert from 'node:assert/strict'
import type { LookupAddress } from 'node:dns'
import { test } from 'node:test'
import { createPublicLookup, isPublicAddress, PrivateAddressError } from './public-address.ts'

const PRIVATE = [
  ...['127.0.0.1', '127.255.255.254', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
  ...['169.254.169.254', '100.100.100.200', '100.64.0.1', '192.0.0.192', '198.18.0.1', '203.0.113.9'],
  ...['224.0.0.1', '255.255.255.255', '192.88.99.1'],
  ...['::', '::1', 'fe80::1', 'fe80::1%eth0', 'fc00::1', 'fd00:ec2::254', 'ff02::1', '2001:db8::1', '2002:7f00:1::'],
  ...['2001::1', '3fff::1', '64:ff9b::7f00:1', '100::1'],
  ...['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:8.8.8.8', '::127.0.0.1', '0:0:0:0:0:ffff:a9fe:a9fe'],
  ...['', 'localhost', '127.1', '0x7f000001', '2130706433', '8.8.8.8:80'],
]
const PUBLIC = ['8.8.8.8', '1.1.1.1', '172.32.0.1', '172.15.255.255', '100.128.0.1', '2606:4700::1111', '2a00:1450::8a']

test('an address of the own machine, network or cloud, and one that hides another, is not public', () => {
  for (const address of PRIVATE) assert.equal(isPublicAddress(address), false, address)
  for (const address of PUBLIC) assert.equal(isPublicAddress(address), true, address)
})

/** Asks the lookup for a name that resolves to these addresses. */
function ask(addresses: string[], all: boolean): Promise<{ error: Error | null; found: string | LookupAddress[] }> {
  const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  const lookup = createPublicLookup((_host, done) => done(null, found))
  const { promise, resolve } = Promise.withResolvers<{ error: Error | null; found: string | LookupAddress[] }>()
  lookup('shop.example', { all }, (error, address) => resolve({ error, found: address }))
  return promise
}

test('a name is looked up once, and what was checked is what is connected to', async () => {
  assert.deepEqual(await ask(['8.8.8.8', '2606:4700::1'], false), { error: null, found: '8.8.8.8' })
  assert.deepEqual(await ask(['8.8.8.8', '2606:4700::1'], true), {
    error: null,
    found: [
      { address: '8.8.8.8', family: 4 },
      { address: '2606:4700::1', family: 6 },
    ],
  })
})

test('a name with a single address that is not public is refused, and so is one without any', async () => {
  for (const addresses of [['10.0.0.1'], ['8.8.8.8', '::ffff:127.0.0.1'], ['::1', '8.8.8.8'], []])
    for (const all of [true, false]) assert.ok((await ask(addresses, all)).error instanceof PrivateAddressError)
})

test('the error of a name that does not exist is passed on', async () => {
  const lookup = createPublicLookup((_host, done) => done(new Error('ENOTFOUND'), []))
  const error = await new Promise((resolve) => lookup('no.example', {}, resolve))
  assert.match(String(error), /ENOTFOUND/)
})
