import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireCurrency } from './currency.ts'

test('a known currency is returned as it is', () => {
  assert.equal(requireCurrency('EUR'), 'EUR')
  assert.equal(requireCurrency('JPY'), 'JPY')
})

test('an unknown or lower-case currency is refused', () => {
  for (const currency of ['XQQ', 'eur', '', 'EURO', '€']) {
    assert.throws(() => requireCurrency(currency), { code: 'unknown_currency', data: { currency } })
  }
})
