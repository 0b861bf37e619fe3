// Whatever Postgres believes of the tables, no statement about codes reads the rest of the account's codes for those that it is about.
import { Readable } from 'node:stream'
import { sql } from 'kysely'
import { assignCodes } from '../src/codes/assign.ts'
import { confirmBatches, withdrawBatches } from '../src/codes/confirm/confirm-batches.ts'
import { loseCodes } from '../src/codes/confirm/lose.ts'
import { makeBatch } from '../src/codes/confirm/make-batch.ts'
import { editTerms } from '../src/codes/edit-terms.ts'
import { expireAssignments } from '../src/codes/expire.ts'
import { addCodes, runAddCodes } from '../src/codes/generate.ts'
import { replaceCode } from '../src/codes/revoke/replace.ts'
import { revokeCode } from '../src/codes/revoke/revoke.ts'
import { drawTestCode } from '../src/codes/test-code.ts'
import { uploadCodes } from '../src/codes/upload.ts'
import { createCoupon } from '../src/coupons/create-coupon.ts'
import type { Db } from '../src/db/database.ts'
import { newId } from '../src/lib/ids.ts'
import { type Call, testReads } from './planner-work.ts'
import { seedShopCoupon, type World } from './planner-world.ts'
import { after, seedCoupon } from './seed.ts'

const NOW = after(60)
const TEN_PERCENT = { discount: { kind: 'percentage', basisPoints: 1000 } } as const

function assign(world: World, profileIds: (nth: number) => string[]): Call {
  const { accountId, coupon } = world
  return (db, nth) => assignCodes(db, { accountId, couponId: coupon.id, profileIds: profileIds(nth), now: NOW })
}

async function createUploaded(db: Db, { accountId }: World, storeId: string, name: string): Promise<string> {
  const facts = {
    type: 'uploaded',
    description: '',
    purpose: null,
    prefix: null,
    codeLength: 11,
    lowStockThreshold: 10,
  } as const
  const coupon = await createCoupon(db, {
    ...{
      ...facts,
      accountId,
      storeId,
      name,
      fallback: null,
      onCancel: 'stay_used',
      reusePolicy: 'until_used_or_expired',
      confirmReusedName: false,
      now: NOW,
    },
    terms: (await seedCoupon(db, { accountId, storeId }, { name: `Terms of ${name}`, terms: TEN_PERCENT })).terms,
  })
  return coupon.id
}

/** A file of twenty codes of its own for each call. */
function fileOf(nth: number, name: string): Readable {
  return Readable.from([['Coupon', ...Array.from({ length: 20 }, (_, at) => `${name}-${nth}-${at}`)].join('\n')])
}

/** Batches of twenty codes that wait for the shop's word, one for each call. */
async function makeBatches(db: Db, world: World, name: string, calls: number) {
  const { coupon } = await seedShopCoupon(db, world, name)
  const { accountId } = world
  const job = await addCodes(db, { accountId, coupon: coupon.id, count: 20 * calls, now: NOW })
  const batches: { batchId: string; poolId: string }[] = []
  for (let nth = 0; nth < calls; nth += 1) {
    const batchId = newId()
    const made = await db
      .transaction()
      .execute((trx) => makeBatch(trx, { accountId, jobId: job.id, batchId, most: 20, now: NOW }))
    batches.push({ batchId, poolId: made?.poolId ?? '' })
  }
  return batches.map(({ batchId, poolId }) => ({
    accountId,
    jobId: job.id,
    poolId,
    batchIds: [batchId],
    codes: 20,
    now: NOW,
  }))
}

testReads([
  {
    what: 'codes are added',
    calls: 2,
    per: 100,
    most: 20,
    begin:
      (_, { accountId, coupon }) =>
      async (db) => {
        const job = await addCodes(db, { accountId, coupon: coupon.id, count: 100, now: NOW })
        await runAddCodes(db, { accountId, jobId: job.id, now: () => NOW })
      },
  },
  {
    what: 'people get a code one by one',
    calls: 10,
    per: 1,
    most: 300,
    begin: (_, world) => assign(world, () => world.without.splice(0, 1)),
  },
  {
    what: 'people get a code together',
    calls: 4,
    per: 40,
    most: 60,
    begin: (_, world) => assign(world, () => world.without.splice(0, 40)),
  },
  {
    what: 'people keep the code that they have',
    calls: 4,
    per: 40,
    most: 60,
    begin: (_, world) =>
      assign(world, (nth) => world.holders.slice(40 * nth, 40 * nth + 40).map((holder) => holder.profileId)),
  },
  {
    what: 'testers get the code of a coupon',
    calls: 4,
    per: 1,
    most: 300,
    begin: async (db, world) => {
      const { accountId, coupon } = world
      await drawTestCode(db, { accountId, couponId: coupon.id, now: NOW })
      return (db) => drawTestCode(db, { accountId, couponId: coupon.id, now: NOW })
    },
  },
  {
    what: 'codes expire',
    calls: 8,
    per: 5,
    most: 100,
    begin:
      (_, { accountId, holders }) =>
      async (db, nth) => {
        const codeIds = holders.splice(0, 5).map((holder) => holder.codeId)
        for (const codeId of codeIds)
          await sql`
          update assignments set expires_at = ${after(nth)} where account_id = ${accountId} and code_id = ${codeId}`.execute(
            db,
          )
        await expireAssignments(db, NOW)
      },
  },
  {
    what: 'codes are revoked and replaced',
    calls: 10,
    per: 2,
    most: 300,
    begin:
      (_, { accountId, holders }) =>
      async (db) => {
        const [one, two] = holders.splice(0, 2)
        await revokeCode(db, { accountId, codeId: one?.codeId ?? '', reason: 'Lost', now: NOW })
        await replaceCode(db, { accountId, codeId: two?.codeId ?? '', reason: 'Lost', now: NOW })
      },
  },
  {
    what: 'codes of a file are taken',
    calls: 4,
    per: 20,
    most: 60,
    begin: async (db, world) => {
      const coupon = await createUploaded(db, world, world.storeId, 'Uploaded')
      return (db, nth) => uploadCodes(db, { accountId: world.accountId, coupon, source: fileOf(nth, 'FILE'), now: NOW })
    },
  },
  {
    what: 'codes of a file wait for the shop, which takes them',
    calls: 4,
    per: 20,
    most: 150,
    begin: async (db, world) => {
      const { accountId } = world
      const { storeId } = await seedShopCoupon(db, world, 'Shop of files')
      const coupon = await createUploaded(db, world, storeId, 'Uploaded for the shop')
      return async (db, nth) => {
        const job = await uploadCodes(db, { accountId, coupon, source: fileOf(nth, 'SHOPFILE'), now: NOW })
        const of = { accountId, jobId: job.id, now: NOW }
        await db.transaction().execute(async (trx) => {
          const batchId = newId()
          const made = await makeBatch(trx, { ...of, batchId, most: 20 })
          await confirmBatches(trx, {
            ...of,
            poolId: made?.poolId ?? '',
            batchIds: [batchId],
            codes: 20,
            refused: [`SHOPFILE-${nth}-0`],
          })
        })
      }
    },
  },
  {
    what: 'codes are written down for the shop',
    calls: 4,
    per: 20,
    most: 30,
    begin: async (db, world) => {
      const { accountId } = world
      const { coupon } = await seedShopCoupon(db, world, 'Shop of new codes')
      const job = await addCodes(db, { accountId, coupon: coupon.id, count: 80, now: NOW })
      return (db) =>
        db
          .transaction()
          .execute((trx) => makeBatch(trx, { accountId, jobId: job.id, batchId: newId(), most: 20, now: NOW }))
    },
  },
  {
    what: 'the shop has taken codes, and refuses some',
    calls: 4,
    per: 20,
    most: 60,
    begin: async (db, world) => {
      const batches = await makeBatches(db, world, 'Shop that takes', 4)
      return (db, nth) =>
        db.transaction().execute(async (trx) => {
          const batch = batches[nth]
          if (batch) await confirmBatches(trx, { ...batch, refused: ['NO-SUCH-CODE'] })
        })
    },
  },
  {
    what: 'the shop has none of the codes',
    calls: 4,
    per: 20,
    most: 60,
    begin: async (db, world) => {
      const batches = await makeBatches(db, world, 'Shop that has none', 4)
      return (db, nth) =>
        db.transaction().execute(async (trx) => {
          const batch = batches[nth]
          if (batch) await withdrawBatches(trx, batch)
        })
    },
  },
  {
    what: 'the shop has lost codes',
    calls: 4,
    per: 10,
    most: 60,
    begin: (_, { accountId, storeId, coupon, holders }) => {
      const of = { accountId, storeId, couponId: coupon.id, now: NOW }
      return (db) => loseCodes(db, { ...of, codes: holders.splice(0, 10).map((holder) => holder.code) })
    },
  },
  {
    what: 'terms are edited: codes that left the line are counted',
    calls: 2,
    per: 1,
    most: 1500,
    begin: (_, { accountId, coupon }) => {
      const terms = { ...coupon.terms, discount: { kind: 'percentage', basisPoints: 3000 } } as const
      return (db) => editTerms(db, { accountId, couponId: coupon.id, terms, now: NOW })
    },
  },
])
