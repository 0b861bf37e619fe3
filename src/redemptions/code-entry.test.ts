import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { exactEntries, forgivenEntries } from './code-entry.ts'

const WELCOME = { prefix: 'WELCOME20', codeLength: 11 }

test('what is typed is tried without the spaces around it, then without any', () => {
  assert.deepEqual(exactEntries('  SUMMER SALE\n'), ['SUMMER SALE', 'SUMMERSALE'])
  assert.deepEqual(exactEntries('ABC\u0000'), ['ABC'])
})

test('look-alikes in the prefix, dashes, spaces and case are forgiven', () => {
  const meant = ['WELCOME20-23456789ABC']
  for (const typed of [
    'welcome20-23456789abc',
    'WELC0ME2O-23456789ABC',
    'WELCOME2023456789ABC',
    'we1come20 2345-6789-abc',
    'WEICOME20–23456789ABC',
  ]) {
    assert.deepEqual(forgivenEntries(typed, [WELCOME]), meant, typed)
  }
})

test('a wrong length, prefix or symbol is not forgiven', () => {
  for (const typed of ['WELCOME20-23456789AB', 'WELCOME21-23456789ABC', 'WELCOME20-23456789AB0', '']) {
    assert.deepEqual(forgivenEntries(typed, [WELCOME]), [], typed)
  }
})

test('a coupon without prefix has codes of the random part alone', () => {
  assert.deepEqual(forgivenEntries('2345-6789', [{ prefix: '', codeLength: 8 }]), ['23456789'])
})

test('a prefix that begins another one gives every code that may be meant', () => {
  const shapes = [
    { prefix: 'A', codeLength: 10 },
    { prefix: 'A-B', codeLength: 9 },
  ]
  assert.deepEqual(forgivenEntries('AB23456789C', shapes), ['A-B23456789C', 'A-B-23456789C'])
})

test('a generated code is found however people blur it', () => {
  const symbol = fc.constantFrom(...'23456789ABCDEFGHJKMNPQRSTUVWXYZ')
  const prefix = fc.stringMatching(/^[A-Z0-9-]{0,12}$/)
  const blur = fc.func(fc.constantFrom('', ' ', '-', ' - '))
  fc.assert(
    fc.property(
      prefix,
      fc.array(symbol, { minLength: 8, maxLength: 20 }),
      blur,
      fc.boolean(),
      (start, rest, gap, low) => {
        const code = start === '' ? rest.join('') : `${start}-${rest.join('')}`
        const blurred = [...start.replaceAll('O', '0').replaceAll('1', 'L'), ...rest]
          .map((char, i) => char + gap(i))
          .join('')
        const found = forgivenEntries(low ? blurred.toLowerCase() : blurred, [
          { prefix: start, codeLength: rest.length },
        ])
        assert.deepEqual(found, [code])
      },
    ),
  )
})
