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

/** Histories of a property test on a database: a third of them on PGlite, which does one thing at a time and takes most of the time of all tests. */
export function runsOn(postgres: number): number {
  return process.env.TEST_DATABASE_URL ? postgres : Math.ceil(postgres / 3)
}
