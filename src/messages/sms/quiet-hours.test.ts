import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nextOpening, placeOf } from './quiet-hours.ts'
import { completeSms, readShortToken, shortenLinks, shortToken, smsTargets } from './sms-text.ts'

const HOURS = { from: 9, until: 20 }
const at = (text: string): Date => new Date(text)
const person = (phone: string | null, properties: Record<string, unknown> = {}) => ({ phone, properties })

function opensAt(phone: string | null, now: string, properties: Record<string, unknown> = {}): string {
  return nextOpening(placeOf(person(phone, properties), 'Europe/Berlin'), HOURS, at(now)).toISOString()
}

test('a text goes out from 9 until before 20 o’clock where the person is, in summer and in winter', () => {
  const berlin = '+493012345678'
  assert.equal(opensAt(berlin, '2027-03-01T07:59:59Z'), '2027-03-01T08:00:00.000Z')
  assert.equal(opensAt(berlin, '2027-03-01T08:00:00Z'), '2027-03-01T08:00:00.000Z')
  assert.equal(opensAt(berlin, '2027-03-01T18:59:59Z'), '2027-03-01T18:59:59.000Z')
  assert.equal(opensAt(berlin, '2027-03-01T19:00:00Z'), '2027-03-02T08:00:00.000Z')
  assert.equal(opensAt(berlin, '2027-07-01T18:30:00Z'), '2027-07-02T07:00:00.000Z')
})

test('the zone comes from the profile, else from the number, else from the account', () => {
  assert.deepEqual(placeOf(person('+12125550123', { $timezone: 'Asia/Tokyo' }), 'UTC').zones, ['Asia/Tokyo'])
  assert.deepEqual(placeOf(person('+12125550123', { timezone: 'nowhere' }), 'UTC').zones, ['America/New_York'])
  assert.deepEqual(placeOf(person('+18505550123'), 'UTC').zones, ['America/New_York', 'America/Chicago'])
  assert.deepEqual(placeOf(person('+447400123456'), 'UTC').zones, ['Europe/London'])
  assert.deepEqual(placeOf(person(null), 'Europe/Berlin').zones, ['Europe/Berlin'])
})

test('where a number may lie in several zones all of them must allow it; a toll-free number may lie anywhere', () => {
  // Eastern 9:00 is 14:00Z in winter, Central 9:00 is 15:00Z; Eastern ends at 1:00Z
  assert.equal(opensAt('+18505550123', '2027-03-01T14:00:00Z'), '2027-03-01T15:00:00.000Z')
  assert.equal(opensAt('+18505550123', '2027-03-02T01:00:00Z'), '2027-03-02T15:00:00.000Z')
  // Honolulu 9:00 is 19:00Z, St. John's 20:00 is 23:30Z
  assert.equal(opensAt('+18005550123', '2027-03-01T15:00:00Z'), '2027-03-01T19:00:00.000Z')
  assert.equal(opensAt('+18005550123', '2027-03-01T23:30:00Z'), '2027-03-02T19:00:00.000Z')
})

test('Texas waits for noon on Sundays', () => {
  assert.equal(opensAt('+12145550123', '2027-03-07T15:00:00Z'), '2027-03-07T18:00:00.000Z')
  assert.equal(opensAt('+12145550123', '2027-03-06T15:00:00Z'), '2027-03-06T15:00:00.000Z')
  assert.equal(opensAt('+13125550123', '2027-03-07T15:00:00Z'), '2027-03-07T15:00:00.000Z')
})

test('each text names who writes, and the first says how to opt out, unless the template does', () => {
  const first = { brand: 'Linden & Co', optOut: 'Reply STOP to opt out.' }
  assert.equal(completeSms(' Your code: A ', first), 'Linden & Co: Your code: A Reply STOP to opt out.')
  assert.equal(completeSms('Your code: A', { ...first, optOut: null }), 'Linden & Co: Your code: A')
  assert.equal(completeSms('linden & co says A. STOP ends it', first), 'linden & co says A. STOP ends it')
})

test('links in a text are found without the end of their sentence, and shortened in order', () => {
  const text = 'See https://a.example/x?b=1&c=2. Or (http://b.example), not ftp://c.example'
  assert.deepEqual(smsTargets(text), ['https://a.example/x?b=1&c=2', 'http://b.example'])
  assert.equal(
    shortenLinks(text, (n) => `L${n}`),
    'See L1. Or (L2), not ftp://c.example',
  )
  assert.deepEqual(readShortToken(shortToken('abcdefghijk', 35)), { key: 'abcdefghijk', link: 35 })
  for (const bad of ['', 'abcdefghijk', 'abcdefghijk0', 'abcdefghijkl1', 'abc.efghijk1'])
    assert.equal(readShortToken(bad), undefined)
})
