import { sql } from 'kysely'
import { type ReusePolicy, type TermsInput, terms } from '../contract/coupons.ts'
import { addCodes, runAddCodes } from '../src/codes/generate.ts'
import type { CouponRow } from '../src/coupons/coupon.ts'
import { createCoupon } from '../src/coupons/create-coupon.ts'
import type { Db } from '../src/db/database.ts'
import { newId } from '../src/lib/ids.ts'

/** The moment at which tests begin. */
export const START = new Date('2027-03-01T09:00:00Z')

export function after(seconds: number, from: Date = START): Date {
  return new Date(from.getTime() + seconds * 1000)
}

export const TWENTY_PERCENT: TermsInput = {
  discount: { kind: 'percentage', basisPoints: 2000 },
  minimum: { kind: 'subtotal', amountMinor: 3000, currency: 'EUR' },
  expires: { kind: 'after_assignment', seconds: 7 * 86_400 },
}

/** An account with one custom store in euros. */
export async function seedAccount(db: Db): Promise<{ accountId: string; storeId: string }> {
  const accountId = newId()
  const storeId = newId()
  await sql`
    insert into accounts ("id", "name", "slug", postal_address)
    values (${accountId}, 'Linden & Co', ${accountId}, ${'Lindenweg 1\nBerlin'})`.execute(db)
  await sql`
    insert into stores (account_id, id, name, kind, currency, time_zone, created_at)
    values (${accountId}, ${storeId}, 'Shop', 'custom', 'EUR', 'Europe/Berlin', ${START})`.execute(db)
  return { accountId, storeId }
}

export async function seedProfiles(db: Db, accountId: string, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId())
  await sql`
    insert into profiles (account_id, id, email, email_consent, created_at, updated_at)
    select ${accountId}::uuid, p.id, 'person-' || p.id || '@example.com', 'subscribed', ${START}, ${START}
    from unnest(${ids}::uuid[]) as p (id)`.execute(db)
  return ids
}

export async function seedCoupon(
  db: Db,
  account: { accountId: string; storeId: string },
  options: { name?: string; terms?: TermsInput; codes?: number; reusePolicy?: ReusePolicy; now?: Date } = {},
): Promise<CouponRow> {
  const now = options.now ?? START
  const coupon = await createCoupon(db, {
    ...account,
    name: options.name ?? 'WELCOME20',
    type: 'unique',
    description: '',
    purpose: null,
    prefix: null,
    codeLength: 11,
    reusePolicy: options.reusePolicy ?? 'until_used_or_expired',
    lowStockThreshold: 10,
    fallback: null,
    onCancel: 'stay_used',
    confirmReusedName: false,
    terms: terms.parse(options.terms ?? TWENTY_PERCENT),
    now,
  })
  if (options.codes) await seedCodes(db, account.accountId, coupon.id, options.codes, now)
  return coupon
}

export async function seedCodes(
  db: Db,
  accountId: string,
  couponId: string,
  count: number,
  now: Date = START,
): Promise<void> {
  const job = await addCodes(db, { accountId, coupon: couponId, count, now })
  await runAddCodes(db, { accountId, jobId: job.id, now: () => now })
}
