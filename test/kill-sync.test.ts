// The server is killed at random moments while it brings codes into two Shopify shops, and started again.
//   KILL_SEED=1234     repeats the random moments of a run        KILL_COUNT=30     kills in all; each hits both shops
//   KILL_CODES=20000   codes for each shop; fewer on PGlite, which does one thing at a time
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { scope } from '../contract/account.ts'
import type { CodeJob } from '../contract/codes.ts'
import { createApiKey } from '../src/accounts/api-keys.ts'
import { assignCodes } from '../src/codes/assign.ts'
import { requireCodeJob } from '../src/codes/code-jobs.ts'
import type { Database } from '../src/db/database.ts'
import { migrate } from '../src/db/migrate.ts'
import { makeInstallation } from './installation.ts'
import { makeRandom } from './random.ts'
import { seedProfiles } from './seed.ts'
import { type ServerProcess, startServer } from './server-process.ts'
import { SECRET } from './shop.ts'
import { assertAgreement, buyWith, openSyncShop, type SyncShop } from './sync-shop.ts'

const SEED = Number(process.env.KILL_SEED || randomInt(2 ** 31))
const KILLS = Math.ceil(Number(process.env.KILL_COUNT || 4) / 2)
const CODES = Number(process.env.KILL_CODES || (process.env.TEST_DATABASE_URL ? 20_000 : 6000))
/** Slow enough that a kill hits the middle: the shop needs ten seconds and more. */
const CODES_PER_SECOND = CODES / 12
const FINISHED_WITHIN_MS = 180_000
const BUYERS = 20

type Shop = { shop: SyncShop; jobId: string; couponId: string; apiKey: string }

async function seed(t: { after: (work: () => Promise<void>) => void }, database: Database, nth: number): Promise<Shop> {
  const shop = await openSyncShop(t, {
    database,
    plan: 'plus',
    shopDomain: `kill-${nth}.myshopify.com`,
    codesPerSecond: CODES_PER_SECOND * (1 + nth / 2),
    settings: { jobDelayMs: 100 },
  })
  const coupon = await shop.createCoupon('WELCOME')
  const jobId = await shop.add(coupon, CODES)
  const scopes = scope.options
  const asked = { accountId: shop.accountId, actor: 'key:test', name: 'Test', scopes, allowedScopes: new Set(scopes) }
  const { key } = await createApiKey(database.db, { ...asked, now: new Date() })
  return { shop, jobId, couponId: coupon.id, apiKey: key }
}

const readJob = (server: ServerProcess, { jobId, apiKey }: Shop) =>
  server.call<CodeJob>('GET', `/v1/code-jobs/${jobId}`, apiKey)

test('a sync that is killed again and again brings exactly the codes that were asked for', {
  timeout: 1_200_000,
}, async (t) => {
  await using installation = await makeInstallation()
  const environment = { ...installation.environment, ONECODE_SECRET: SECRET }
  const random = makeRandom(SEED)
  const shops: Shop[] = []
  {
    await using database = await installation.open()
    await migrate(database.db)
    for (const nth of [0, 1]) shops.push(await seed(t, database, nth))
  }
  const done = (): number => shops.reduce((sum, { shop }) => sum + shop.emulator.shop.codes.size, 0)
  let landed = 0
  for (let kill = 0; kill < KILLS; kill += 1) {
    await using server = await startServer(environment)
    const share = ((kill + random()) / (KILLS + 1)) * shops.length * CODES
    const before = done()
    const deadline = Date.now() + 60_000
    while ((done() < share || done() === before) && Date.now() < deadline) await sleep(10)
    await sleep(random() * 300)
    await server.kill()
    landed += shops.filter(({ shop }) => shop.emulator.shop.codes.size < CODES).length
  }
  {
    await using server = await startServer(environment)
    await server.ready()
    const deadline = Date.now() + FINISHED_WITHIN_MS
    for (const one of shops) {
      while ((await readJob(server, one)).state !== 'done') {
        if (Date.now() > deadline) throw new Error(`the sync does not get on:\n${server.output()}`)
        await sleep(200)
      }
    }
    assert.equal(await server.stop(), 0, server.output())
  }
  t.diagnostic(`KILL_SEED=${SEED}: ${landed} of ${KILLS * shops.length} kills hit a sync under way`)
  assert.ok(landed >= KILLS, `only ${landed} kills hit a sync under way`)
  await using database = await installation.open()
  for (const { shop: seeded, jobId } of shops) await check({ ...seeded, db: database.db }, jobId)
})

async function check(shop: SyncShop, jobId: string): Promise<void> {
  await assertAgreement(shop)
  const [discount, ...others] = shop.emulator.shop.discounts.values()
  assert.equal(others.length, 0, 'there is one discount')
  assert.equal(discount?.codes.length, CODES + 1, 'the codes and the seed code, nothing else')
  const job = await requireCodeJob(shop.db, { ...shop, jobId })
  assert.deepEqual([job.state, job.done, job.made], ['done', CODES, CODES])
  const given = await giveOn(shop, job.couponId)
  assert.equal(new Set(given).size, BUYERS)
  for (const code of given) assert.ok(buyWith(shop, code))
}

async function giveOn(shop: SyncShop, couponId: string): Promise<string[]> {
  const profileIds = await seedProfiles(shop.db, shop.accountId, BUYERS)
  const given = await assignCodes(shop.db, { accountId: shop.accountId, couponId, profileIds, now: new Date() })
  return given.flatMap((outcome) => ('code' in outcome ? [outcome.code] : []))
}
