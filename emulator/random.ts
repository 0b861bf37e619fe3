import { randomBytes } from 'node:crypto'

/** A number in [0, 1). */
export type Random = () => number

/** A small generator that gives the same numbers for the same seed; without a seed it starts anywhere. Not for secrets. */
export function createRandom(seed: number | undefined): Random {
  let state = (seed ?? randomBytes(4).readUInt32LE(0)) >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** `length` hexadecimal digits. */
export function randomHex(random: Random, length: number): string {
  let text = ''
  while (text.length < length) text += Math.floor(random() * 16).toString(16)
  return text
}

/** A UUID in version 4 form. */
export function randomUuid(random: Random): string {
  const hex = randomHex(random, 32)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
}
