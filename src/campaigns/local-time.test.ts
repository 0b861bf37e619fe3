import assert from 'node:assert/strict'
import { test } from 'node:test'
import { momentOfWall, momentsByCallingCode, momentsByZone, spanOfWall } from './local-time.ts'

const iso = (date: Date | undefined) => date?.toISOString()

test('a time of a zone is the right moment; one that clocks skip is as much later, one that they show twice the first', () => {
  assert.equal(iso(momentOfWall('2027-01-15T12:00', 'Europe/Berlin')), '2027-01-15T11:00:00.000Z')
  assert.equal(iso(momentOfWall('2027-07-15T12:00', 'Europe/Berlin')), '2027-07-15T10:00:00.000Z')
  assert.equal(iso(momentOfWall('2027-03-28T02:30', 'Europe/Berlin')), '2027-03-28T01:30:00.000Z')
  assert.equal(iso(momentOfWall('2027-10-31T02:30', 'Europe/Berlin')), '2027-10-31T00:30:00.000Z')
  assert.equal(iso(momentOfWall('2027-03-01T09:00', 'Asia/Kolkata')), '2027-03-01T03:30:00.000Z')
})

test('no clock shows a time before the first moment of its span, or after the last', () => {
  const { first, last } = spanOfWall('2027-03-01T09:00')
  for (const zone of [...Intl.supportedValuesOf('timeZone'), 'Etc/GMT-14', 'Etc/GMT+12']) {
    const moment = momentOfWall('2027-03-01T09:00', zone)
    assert.ok(first <= moment && moment <= last, zone)
  }
  assert.deepEqual([iso(first), iso(last)], ['2027-02-28T19:00:00.000Z', '2027-03-01T21:00:00.000Z'])
})

test('texts that are no zone of the IANA database are left out', () => {
  const found = momentsByZone('2027-03-01T09:00', ['Europe/Paris', 'Mars/Phobos', 'GMT+2 (Berlin)', 'US/Eastern', ''])
  assert.deepEqual(Object.keys(found), ['Europe/Paris', 'US/Eastern'])
})

test('a calling code counts where all of its countries show the time at the same moment', () => {
  const found = momentsByCallingCode('2027-03-01T09:00')
  for (const code of ['49', '33', '44', '353', '81', '91', '358']) assert.ok(found[code], `+${code}`)
  for (const code of ['1', '7', '34', '61', '55', '800']) assert.equal(found[code], undefined, `+${code}`)
  assert.equal(iso(found['49']), '2027-03-01T08:00:00.000Z')
})

test('no calling code is the beginning of another one', () => {
  const codes = Object.keys(momentsByCallingCode('2027-03-01T09:00'))
  for (const one of codes)
    assert.ok(!codes.some((other) => other !== one && other.startsWith(one)), `+${one} begins another`)
})
