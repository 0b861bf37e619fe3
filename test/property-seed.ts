// Loaded before each test file by scripts/test.ts: `npm test` is the same run every time, a test file by itself looks at others.
// PROPERTY_SEED=n takes another seed, PROPERTY_SEED=random a new one for each test.
import * as fc from 'fast-check'

const given = process.env.PROPERTY_SEED ?? '20261122'
if (given !== 'random') fc.configureGlobal({ seed: Number(given) })
