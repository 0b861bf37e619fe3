import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readEmail } from './email.ts'
import { readPhone } from './phone.ts'

test('an address is trimmed, keeps the case of its local part and has its domain in lower case', () => {
  assert.deepEqual(readEmail('  Anna.B+x@Mail.EXAMPLE.com '), { email: 'Anna.B+x@mail.example.com' })
  assert.deepEqual(readEmail("o'neill_1%a@sub-domain.example"), { email: "o'neill_1%a@sub-domain.example" })
})

test('international domains are taken as written, international local parts are refused', () => {
  assert.deepEqual(readEmail('anna@MÜLLER.example'), { email: 'anna@müller.example' })
  assert.ok('problem' in readEmail('jürgen@example.com'))
})

test('what is no address is refused with what to do', () => {
  const refused = ['', ' ', 'a', 'a@b', 'a@@example.com', 'a@b@example.com', '@example.com', 'a@', 'a b@example.com']
  refused.push('a@example,com', 'a@.com', 'a@example..com', 'a@-example.com', 'a@example-.com', 'a@example.com.')
  refused.push(
    '.a@example.com',
    'a.@example.com',
    'a..b@example.com',
    'a@10.0.0.1',
    '"a b"@example.com',
    'a\0@example.com',
  )
  refused.push(
    `${'a'.repeat(65)}@example.com`,
    `a@${'b'.repeat(64)}.com`,
    `a@${'bc.'.repeat(90)}com`,
    'a<b>@example.com',
  )
  for (const text of refused) {
    const reading = readEmail(text)
    assert.ok('problem' in reading, text)
    assert.match(reading.problem, /\.$/)
  }
})

test('an address that is taken is taken again unchanged, and is one word with one @', () => {
  const letter = fc.constantFrom('a', 'B', '0', '.', '-', '+', '@', ' ', 'ü', 'İ', 'ß', '_', '"', '\n')
  const text = fc.tuple(fc.string({ unit: letter, maxLength: 6 }), fc.string({ unit: letter, maxLength: 8 }))
  fc.assert(
    fc.property(text, ([local, domain]) => {
      const reading = readEmail(`${local}@${domain}.example`)
      if ('problem' in reading) return
      assert.deepEqual(readEmail(reading.email), reading)
      assert.match(reading.email, /^[!-~]+@[^\s@A-Z]+$/)
      assert.equal(reading.email.split('@').length, 2)
    }),
    { numRuns: 5000 },
  )
})

test('phone numbers become E.164, those without + by the country of the row', () => {
  assert.deepEqual(readPhone("'+49 (30) 231-25012", null), { phone: '+493023125012' })
  assert.deepEqual(readPhone('030 23125012', 'de'), { phone: '+493023125012' })
  assert.deepEqual(readPhone('00442079460123', 'DE'), { phone: '+442079460123' })
  assert.deepEqual(readPhone('+442079460123', 'nowhere'), { phone: '+442079460123' })
})

test('a phone number that cannot be is refused', () => {
  for (const [text, country] of [
    ['030 23125012', null],
    ['030 23125012', 'XX'],
    ['+49123', 'DE'],
    ['call me', 'DE'],
    ['', 'DE'],
    ['+12015550123 or +12015550124', null],
  ] as const) {
    assert.ok('problem' in readPhone(text, country), text)
  }
})
