import { randomPart } from '../../../codes/format.ts'
import type { Db } from '../../../db/database.ts'
import { AppError } from '../../../errors.ts'
import type { ShopifyClient } from '../client/client.ts'
import { ShopifyError } from '../client/shopify-error.ts'
import { FindCode } from '../generated/codes.ts'
import { FindDiscount } from '../generated/discounts.ts'
import { CreateBasicDiscount, CreateBuyXGetYDiscount, CreateFreeShippingDiscount } from '../generated/terms.ts'
import { discountInputOf } from '../terms/to-discount.ts'
import {
  type DiscountRow,
  insertDiscount,
  type PoolTerms,
  selectDiscount,
  selectPoolTerms,
  updateDiscountClaimed,
  updateDiscountLive,
  updateDiscountReleased,
} from './discounts.sql.ts'

/** Symbols of a seed code: 99 bits, since whoever guesses it has a discount of unknown use. */
const SEED_LENGTH = 20
/** Longest title of a discount. Source: recorded reply "Title is too long (maximum is 255 characters)". */
const MAX_TITLE = 255

type UserError = { field: string[] | null; message: string; code: string | null }
type Created = { codeDiscountNode: { id: string } | null; userErrors: UserError[] }

/** busy: another process creates it. over: its time has ended, or it was removed. */
export type EnsuredDiscount = { status: 'live'; discountId: string } | { status: 'busy' | 'over' | 'gone' }

/**
 * The discount of a pool in the shop; created when it is not there.
 *
 * Its seed code is written down first. Where a reply was lost or a process died, the seed code tells whether the discount is
 * there: it is unique in the shop, so there is never a second one. Throws `ShopifyError`; `term_not_supported` with Shopify's words when it
 * refuses the terms.
 */
export async function ensureDiscount(
  db: Db,
  client: ShopifyClient,
  input: { accountId: string; poolId: string; leaseMs: number; now: Date; signal?: AbortSignal | undefined },
): Promise<EnsuredDiscount> {
  const known = await selectDiscount(db, input)
  if (known && known.state !== 'written') return asEnsured(known)
  const facts = await selectPoolTerms(db, input)
  if (!facts || (facts.endsAt && facts.endsAt <= input.now)) return { status: 'over' }
  if (!known) {
    const seedCode = randomPart(SEED_LENGTH)
    await insertDiscount(db, {
      ...input,
      storeId: facts.storeId,
      seedCode,
      title: titleOf(facts),
      endsAt: facts.endsAt,
    })
  }
  const claimed = await updateDiscountClaimed(db, input, input.leaseMs)
  if (!claimed) return await lookAgain(db, input)
  const discountId = await findOrCreate(db, client, input, claimed, facts)
  await updateDiscountLive(db, input, claimed.attempt, discountId)
  return await lookAgain(db, input)
}

/** What has become of a discount that others may be at work on. */
async function lookAgain(db: Db, pool: { accountId: string; poolId: string }): Promise<EnsuredDiscount> {
  const now = await selectDiscount(db, pool)
  return now && now.state !== 'written' ? asEnsured(now) : { status: 'busy' }
}

function asEnsured(row: DiscountRow): EnsuredDiscount {
  if (row.state === 'gone') return { status: 'gone' }
  return row.state === 'live' && row.discountId ? { status: 'live', discountId: row.discountId } : { status: 'over' }
}

async function findOrCreate(
  db: Db,
  client: ShopifyClient,
  input: { accountId: string; poolId: string; signal?: AbortSignal | undefined },
  claimed: DiscountRow,
  facts: PoolTerms,
): Promise<string> {
  let mayExist = claimed.attempt > 1
  try {
    const found = mayExist ? await findBySeed(client, claimed.seedCode, input.signal) : undefined
    if (found) return found
    mayExist = true
    const created = await create(client, claimed, facts, input.signal)
    if (created.codeDiscountNode) return created.codeDiscountNode.id
    mayExist = false
    const isTaken = created.userErrors.some((error) => error.code === 'TAKEN')
    const adopted = isTaken ? await findBySeed(client, claimed.seedCode, input.signal) : undefined
    if (adopted) return adopted
    throw refused(created.userErrors)
  } catch (error) {
    const certainlyNot = error instanceof ShopifyError && error.kind !== 'lost'
    await updateDiscountReleased(db, input, claimed.attempt, mayExist && !(certainlyNot && claimed.attempt === 1))
    throw error
  }
}

/** The id of the discount that a pool has in the shop; undefined where it has none. */
export async function findDiscountId(
  db: Db,
  input: { accountId: string; poolId: string },
): Promise<string | undefined> {
  const row = await selectDiscount(db, input)
  return row?.discountId ?? undefined
}

/** Asks the shop whether the discount of a pool is there. */
export async function isDiscountThere(
  db: Db,
  client: ShopifyClient,
  input: { accountId: string; poolId: string; signal?: AbortSignal | undefined },
): Promise<{ isThere: boolean; couponId: string }> {
  const row = await selectDiscount(db, input)
  if (!row) throw new Error(`The pool ${input.poolId} has no discount`)
  const { node } = await client.request(FindDiscount, { id: row.discountId ?? '' }, { signal: input.signal })
  return { isThere: node !== null, couponId: row.couponId }
}

/** The discount that has this seed code; undefined where the shop has none. */
export async function findBySeed(
  client: ShopifyClient,
  seedCode: string,
  signal?: AbortSignal | undefined,
): Promise<string | undefined> {
  const { codeDiscountNodeByCode } = await client.request(FindCode, { code: seedCode }, { signal })
  return codeDiscountNodeByCode?.id
}

async function create(
  client: ShopifyClient,
  { seedCode, title }: DiscountRow,
  facts: PoolTerms,
  signal: AbortSignal | undefined,
): Promise<Created> {
  const made = discountInputOf({ ...facts, title, seedCode })
  const options = { signal }
  const nothing = { codeDiscountNode: null, userErrors: [] }
  switch (made.kind) {
    case 'basic':
      return (
        (await client.request(CreateBasicDiscount, { input: made.input }, options)).discountCodeBasicCreate ?? nothing
      )
    case 'free_shipping':
      return (
        (await client.request(CreateFreeShippingDiscount, { input: made.input }, options))
          .discountCodeFreeShippingCreate ?? nothing
      )
    default:
      return (
        (await client.request(CreateBuyXGetYDiscount, { input: made.input }, options)).discountCodeBxgyCreate ?? nothing
      )
  }
}

function refused(errors: UserError[]): AppError {
  const words = errors.map((error) => error.message).join(' ') || 'It gave no reason.'
  return new AppError(
    'term_not_supported',
    `Shopify refuses a discount with these terms: ${words} Edit the terms of the coupon, then add the codes again.`,
    { errors: errors.map(({ field, code, message }) => ({ field, code, message })) },
  )
}

/** `WELCOME20 v2 · until 2027-03-09 00:00 UTC`: what the merchant sees in the admin. */
function titleOf({ couponName, version, bucketEndsAt }: PoolTerms): string {
  const bucket = bucketEndsAt ? ` · until ${bucketEndsAt.toISOString().slice(0, 16).replace('T', ' ')} UTC` : ''
  return `${couponName} v${version}${bucket}`.slice(0, MAX_TITLE)
}
