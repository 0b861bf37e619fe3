import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatAmount, parseAmountMinor } from './amount.ts'
import { formatDecimal, parseDecimal } from './decimal.ts'

test('amounts are read in the digits of their currency, exactly', () => {
  const cases: [string, string, number][] = [
    ['30.00', 'EUR', 3000],
    ['5', 'EUR', 500],
    ['5.5', 'USD', 550],
    ['0.07', 'EUR', 7],
    ['1.10', 'EUR', 110], // 1.1 * 100 is 110.00000000000001 in floats
    ['500', 'JPY', 500],
    ['1.234', 'KWD', 1234],
    ['90071992547409.91', 'EUR', Number.MAX_SAFE_INTEGER],
  ]
  for (const [text, currency, minor] of cases) assert.equal(parseAmountMinor(text, currency), minor, text)
})

test('what is no amount of the currency is refused with how to write one', () => {
  const wrong = ['', '5,00', '-5', '+5', '1e3', '5.001', '.5', '5.', ' 5', '1,000.00', '90071992547409.92', '٥']
  for (const text of wrong) {
    assert.throws(() => parseAmountMinor(text, 'EUR'), { name: 'CliError', message: /as 5\.00/ }, text)
  }
  assert.throws(() => parseAmountMinor('5.0', 'JPY'), { message: /as 5,/ })
  assert.throws(() => parseAmountMinor('5', 'eur'), { code: 'unknown_currency' })
})

test('an amount is written as it is read', () => {
  assert.equal(formatAmount(3000, 'EUR'), '30.00 EUR')
  assert.equal(formatAmount(7, 'EUR'), '0.07 EUR')
  assert.equal(formatAmount(500, 'JPY'), '500 JPY')
  assert.equal(formatDecimal(-105, 2), '-1.05')
  for (const minor of [0, 1, 10, 99, 100, 123_456]) assert.equal(parseDecimal(formatDecimal(minor, 2), 2), minor)
})
