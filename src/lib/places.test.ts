import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireCurrency } from './currency.ts'
import { requireTimeZone } from './time-zone.ts'

test('currencies of ISO 4217 pass, others are refused with what to do', () => {
  for (const currency of ['EUR', 'USD', 'JPY', 'KWD']) assert.equal(requireCurrency(currency), currency)
  for (const currency of ['eur', 'EURO', 'XQQ', '']) {
    assert.throws(() => requireCurrency(currency), { code: 'unknown_currency' }, currency)
  }
})

test('time zones of the IANA database pass, others are refused', () => {
  for (const zone of ['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Asia/Kolkata']) {
    assert.equal(requireTimeZone(zone), zone)
  }
  for (const zone of ['Mars/Olympus', '+02:00', '', 'Europe/berlin\n', '12']) {
    assert.throws(() => requireTimeZone(zone), { code: 'unknown_time_zone' }, zone)
  }
})
