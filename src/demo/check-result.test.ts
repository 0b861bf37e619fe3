import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type DemoFacts, type DemoResult, findBrokenPromises } from './check-result.ts'

const RESULT: DemoResult = {
  people: 8,
  badRows: 1,
  codes: 10,
  assigned: 8,
  sent: 8,
  distinctCodes: 8,
  redeemed: 2,
  refused: 2,
}
const FACTS: DemoFacts = {
  rows: 10,
  repeatedRows: 1,
  addedAgain: 0,
  wantedCodes: 10,
  distinctRecipients: 8,
  mailsWithOneCode: 8,
  tried: 2,
  redeemedBySomebodyElse: 0,
  preview: 'Hello Ada, WELCOME20-preview',
  otherAccountReason: 'unknown_code',
}

test('a demo that kept every promise has nothing to say', () => {
  assert.deepEqual(findBrokenPromises(RESULT, FACTS), [])
})

test('each number that is off is told', () => {
  for (const name of Object.keys(RESULT) as (keyof DemoResult)[]) {
    const broken = findBrokenPromises({ ...RESULT, [name]: RESULT[name] + 1 }, FACTS)
    assert.ok(broken.length > 0, name)
  }
  const changes: Partial<DemoFacts>[] = [
    { addedAgain: 1 },
    { distinctRecipients: 7 },
    { mailsWithOneCode: 7 },
    { redeemedBySomebodyElse: 1 },
    { preview: 'WELCOME20-7K2MPQR4ABC' },
    { otherAccountReason: null },
  ]
  for (const change of changes) {
    assert.equal(findBrokenPromises(RESULT, { ...FACTS, ...change }).length, 1, JSON.stringify(change))
  }
})
