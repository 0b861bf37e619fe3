import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import fc from 'fast-check'
import { countSegments } from './segments.ts'

/** An implementation by somebody else, from npm. */
const { split } = createRequire(import.meta.url)('split-sms') as {
  split: (text: string) => { characterSet: 'GSM' | 'Unicode'; parts: unknown[]; remainingInPart: number }
}

test('texts take as many segments as the standard says, at every edge', () => {
  const cases: [string, string, number, number, number][] = [
    ['', 'GSM-7', 0, 160, 160],
    ['a'.repeat(160), 'GSM-7', 1, 160, 0],
    ['a'.repeat(161), 'GSM-7', 2, 153, 145],
    ['a'.repeat(306), 'GSM-7', 2, 153, 0],
    ['a'.repeat(307), 'GSM-7', 3, 153, 152],
    ['€'.repeat(80), 'GSM-7', 1, 160, 0],
    // 153 is odd: the 77th € does not fit beside 76 others and begins the next segment
    ['€'.repeat(81), 'GSM-7', 2, 153, 143],
    ['я'.repeat(70), 'UCS-2', 1, 70, 0],
    ['я'.repeat(71), 'UCS-2', 2, 67, 63],
    ['😀'.repeat(35), 'UCS-2', 1, 70, 0],
    // 67 is odd as well: an emoji is never cut in two
    ['😀'.repeat(36), 'UCS-2', 2, 67, 61],
    ['Hello ’quotes’', 'UCS-2', 1, 70, 56],
  ]
  for (const [text, encoding, segments, perSegment, remaining] of cases) {
    const characters = [...text].length
    assert.deepEqual(countSegments(text), { encoding, segments, perSegment, remaining, characters }, text.slice(0, 20))
  }
})

test('any text is counted as by split-sms', () => {
  const sign = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...'abcXYZ 0189.,:/-?äöüßéÅΔ@£\n') },
    { weight: 2, arbitrary: fc.constantFrom(...'€{}[]~|^\\') },
    { weight: 1, arbitrary: fc.constantFrom('я', '’', '中', '😀', '🎁', 'ç') },
  )
  const gsm = fc.constantFrom(...'abc XYZ€{}[]^~|\\éü£@')
  const texts = fc.oneof(
    fc.array(sign, { minLength: 1, maxLength: 500 }),
    fc.array(gsm, { minLength: 1, maxLength: 700 }),
  )
  fc.assert(
    fc.property(texts, (signs) => {
      const text = signs.join('')
      const theirs = split(text)
      const ours = countSegments(text)
      assert.deepEqual(
        [ours.encoding, ours.segments, ours.remaining],
        [theirs.characterSet === 'GSM' ? 'GSM-7' : 'UCS-2', theirs.parts.length, theirs.remainingInPart],
        text,
      )
    }),
    { numRuns: 2000 },
  )
})
