/** Numbers from 0 to 1, the same for the same seed. Source: Marsaglia's xorshift32. */
export function makeRandom(seed: number): () => number {
  let state = seed % 2 ** 32 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}
