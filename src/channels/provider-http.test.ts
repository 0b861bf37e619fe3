import assert from 'node:assert/strict'
import { test } from 'node:test'
import { joinUrl, readOutcome, readRetryAfter } from './provider-http.ts'

test('Retry-After is read as seconds, or as a date that counts from the reply itself', () => {
  const date = 'Sun, 01 Nov 2026 10:00:00 GMT'
  const cases: [string | undefined, number | null][] = [
    [undefined, null],
    ['', null],
    ['0', 0],
    ['7', 7000],
    ['0.25', 250],
    ['-5', null],
    ['soon', null],
    ['Sun, 01 Nov 2026 10:02:00 GMT', 120_000],
    ['Sun, 01 Nov 2026 09:00:00 GMT', 0],
  ]
  for (const [value, waitMs] of cases)
    assert.equal(
      readRetryAfter({ date, ...(value === undefined ? {} : { 'retry-after': value }) }),
      waitMs,
      String(value),
    )
  assert.equal(readRetryAfter({ 'retry-after': 'Sun, 01 Nov 2026 10:02:00 GMT' }), null)
})

test("a provider's words are kept as the reason, cut to a reasonable length", () => {
  const rules = { readId: () => undefined, readReason: (json: unknown) => String(json), readRefusal: () => undefined }
  const reply = { kind: 'reply', status: 400, headers: {}, body: JSON.stringify('x'.repeat(2000)) } as const
  const outcome = readOutcome(reply, rules)
  assert.ok('reason' in outcome)
  assert.equal(outcome.reason, `400: ${'x'.repeat(495)}`)
})

test('a path is joined to an address with one slash', () => {
  for (const base of ['https://api.example', 'https://api.example/', 'https://api.example//'])
    assert.equal(joinUrl(base, '/v1'), 'https://api.example/v1')
})
