import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seal, unseal } from './seal.ts'

const secret = 's'.repeat(32)

test('sealed text comes back with the same secret only', () => {
  const sealed = seal(secret, 'oc_ä€🎉')
  assert.equal(unseal(secret, sealed), 'oc_ä€🎉')
  assert.throws(() => unseal('t'.repeat(32), sealed))
  assert.equal(unseal(secret, seal(secret, '')), '')
})

test('sealed text hides its content and cannot be changed', () => {
  const sealed = seal(secret, 'oc_secret')
  assert.notEqual(sealed, seal(secret, 'oc_secret'))
  assert.ok(!Buffer.from(sealed, 'base64').includes('secret'))
  for (let at = 0; at < Buffer.from(sealed, 'base64').length; at += 1) {
    const bytes = Buffer.from(sealed, 'base64')
    bytes[at]! ^= 1
    assert.throws(() => unseal(secret, bytes.toString('base64')), `byte ${at}`)
  }
})

test('a new secret before the old one seals by itself and opens what the old one sealed', () => {
  const old = 'o'.repeat(32)
  const both = `${secret}, ${old}`
  assert.equal(unseal(both, seal(old, 'kept')), 'kept')
  assert.equal(unseal(secret, seal(both, 'new')), 'new')
  assert.throws(() => unseal(old, seal(both, 'new')))
})
