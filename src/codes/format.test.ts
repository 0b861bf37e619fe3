import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { prefixOf } from '../coupons/create-coupon.ts'
import { ALPHABET, codeProblem, entropyBits, holdsBadWord, makeCode, makeCodes, randomPart } from './format.ts'

test('the alphabet has no symbols that look alike', () => {
  assert.doesNotMatch(ALPHABET, /[0O1IL]/)
  assert.equal(new Set(ALPHABET).size, ALPHABET.length)
})

test('the default length holds at least 50 bits', () => {
  assert.ok(entropyBits(11) >= 50)
})

test('a code is the prefix, a dash and symbols of the alphabet', () => {
  fc.assert(
    fc.property(fc.integer({ min: 8, max: 40 }), (length) => {
      const code = makeCode('VIP', length)
      return (
        code.startsWith('VIP-') &&
        code.length === length + 4 &&
        [...code.slice(4)].every((symbol) => ALPHABET.includes(symbol))
      )
    }),
  )
  assert.match(makeCode('', 8), /^[2-9A-Z]{8}$/)
})

test('every symbol is about equally likely at every place', () => {
  const count = 62_000
  const seen = new Map<string, number>()
  for (let i = 0; i < count; i += 1) {
    const symbol = randomPart(1)
    seen.set(symbol, (seen.get(symbol) ?? 0) + 1)
  }
  const expected = count / ALPHABET.length
  const chiSquare = [...ALPHABET].reduce((sum, symbol) => sum + ((seen.get(symbol) ?? 0) - expected) ** 2 / expected, 0)
  assert.ok(chiSquare < 80, `chi-square ${chiSquare} with 30 degrees of freedom`) // passed by chance but once in 400,000 runs
})

test('a hundred thousand codes are all different and hold no bad word', () => {
  const codes = makeCodes(100_000, 'X', 11)
  assert.equal(new Set(codes).size, 100_000)
  assert.equal(
    codes.some((code) => holdsBadWord(code.slice(2))),
    false,
  )
})

test('bad words are found also where digits stand for letters', () => {
  for (const text of ['22SHT22', 'ZZ5EX', 'A55', 'F4T99']) assert.ok(holdsBadWord(text), text)
  assert.equal(holdsBadWord('K7M2QRWZ'), false)
})

test('a prefix is made of the coupon name where it fits', () => {
  assert.equal(prefixOf('WELCOME20'), 'WELCOME20')
  assert.equal(prefixOf('Sommer  2027'), 'SOMMER-2027')
  assert.equal(prefixOf('Élan_vital.'), 'ELAN-VITAL')
  assert.equal(prefixOf('新年'), '')
  assert.equal(prefixOf('a very long name of a coupon'), 'A-VERY-LONG-NAME-OF')
})

test('codes of a file are refused with what to do when a shop could not honour them', () => {
  for (const code of ['', 'a b', 'a\u0000b', 'x'.repeat(256)]) assert.equal(typeof codeProblem(code), 'string')
  for (const code of ['SAVE-1', 'x'.repeat(255), 'été%', '10€']) assert.equal(codeProblem(code), undefined)
})
