import { sql } from 'kysely'
import { type Terms, terms as termsShape } from '../contract/coupons.ts'
import { assignCodes } from '../src/codes/assign.ts'
import type { Db } from '../src/db/database.ts'
import { newId } from '../src/lib/ids.ts'

export const NOW = new Date('2026-05-01T12:00:00Z')

export type SeededCoupon = { accountId: string; storeId: string; couponId: string; versionId: string; poolId: string }

export async function seedAccount(db: Db): Promise<string> {
  const id = newId()
  await sql`insert into accounts ("id", "name", "slug") values (${id}::uuid, 'Test', ${id}::text)`.execute(db)
  return id
}

export async function seedStore(db: Db, accountId: string, name = 'Shop'): Promise<string> {
  const id = newId()
  await sql`
    insert into stores (account_id, id, name, kind, currency, time_zone, created_at)
    values (${accountId}::uuid, ${id}::uuid, ${name}::text, 'custom', 'EUR', 'UTC', ${NOW}::timestamptz)`.execute(db)
  return id
}

export async function seedProfile(db: Db, accountId: string, email: string | null): Promise<string> {
  const id = newId()
  await sql`
    insert into profiles (account_id, id, email, phone, created_at, updated_at)
    values (${accountId}::uuid, ${id}::uuid, ${email}::text, case when ${email}::text is null then ${id}::text end,
      ${NOW}::timestamptz, ${NOW}::timestamptz)`.execute(db)
  return id
}

export type CouponOptions = {
  accountId?: string
  storeId?: string
  name?: string
  type?: 'unique' | 'uploaded'
  prefix?: string
  codeLength?: number
  terms?: Partial<Terms>
  bucketEndsAt?: Date | null
}

/** A coupon (20 % unless said otherwise) with its first version and an empty pool; account and store are made when not given. */
export async function seedCoupon(db: Db, options: CouponOptions = {}): Promise<SeededCoupon> {
  const accountId = options.accountId ?? (await seedAccount(db))
  const storeId = options.storeId ?? (await seedStore(db, accountId))
  const [couponId, versionId, poolId] = [newId(), newId(), newId()]
  const terms = termsShape.parse({ discount: { kind: 'percentage', basisPoints: 2000 }, ...options.terms })
  const expiresAt = terms.expires.kind === 'at' ? new Date(terms.expires.at) : null
  await sql`
    with coupon as (
      insert into coupons (account_id, id, store_id, name, type, description, prefix, code_length, low_stock_threshold, version, created_at)
      values (${accountId}::uuid, ${couponId}::uuid, ${storeId}::uuid, ${options.name ?? 'WELCOME20'}::text,
        ${options.type ?? 'unique'}::text, '', ${options.prefix ?? 'WELCOME20'}::text, ${options.codeLength ?? 11}::integer, 100, 1,
        ${NOW}::timestamptz)
    ), version as (
      insert into terms_versions (account_id, id, coupon_id, version, terms, expires_at, created_at)
      values (${accountId}::uuid, ${versionId}::uuid, ${couponId}::uuid, 1, ${JSON.stringify(terms)}::jsonb,
        ${expiresAt}::timestamptz, ${NOW}::timestamptz)
    ), pool as (
      insert into pools (account_id, id, coupon_id, version_id, store_id, bucket_ends_at, created_at)
      values (${accountId}::uuid, ${poolId}::uuid, ${couponId}::uuid, ${versionId}::uuid, ${storeId}::uuid,
        ${options.bucketEndsAt ?? null}::timestamptz, ${NOW}::timestamptz)
    )
    insert into pool_heads (account_id, pool_id) values (${accountId}::uuid, ${poolId}::uuid)`.execute(db)
  return { accountId, storeId, couponId, versionId, poolId }
}

/** Puts live codes at the end of the coupon's line and returns their ids. */
export async function seedCodes(db: Db, coupon: SeededCoupon, codes: string[]): Promise<string[]> {
  const ids = codes.map(() => newId())
  await sql`
    with line as (
      update pools set tail = tail + ${codes.length}::integer
      where account_id = ${coupon.accountId}::uuid and id = ${coupon.poolId}::uuid returning tail - ${codes.length}::integer as before
    )
    insert into codes (account_id, id, pool_id, store_id, position, code, state)
    select ${coupon.accountId}::uuid, given.id, ${coupon.poolId}::uuid, ${coupon.storeId}::uuid, line.before + given.n, given.code, 'live'
    from line, unnest(${ids}::uuid[], ${codes}::text[]) with ordinality as given (id, code, n)`.execute(db)
  return ids
}

/** A code made for the test, bound to a profile when one is given. */
export async function seedCode(
  db: Db,
  coupon: SeededCoupon,
  code: string,
  assigned?: { profileId: string; expiresAt?: Date },
): Promise<string> {
  const [id] = await seedCodes(db, coupon, [code])
  if (id === undefined) throw new Error('one code was asked for')
  if (assigned) await drawCode(db, coupon, assigned.profileId, assigned.expiresAt)
  return id
}

/** Gives a profile the next code of the pool by the real draw. Undefined when it has one already or the line is empty. */
export async function drawCode(
  db: Db,
  coupon: SeededCoupon,
  profileId: string,
  expiresAt: Date | null = null,
): Promise<string | undefined> {
  const [outcome] = await assignCodes(db, {
    accountId: coupon.accountId,
    couponId: coupon.couponId,
    profileIds: [profileId],
    now: NOW,
  })
  if (outcome?.status !== 'assigned') return undefined
  await sql`
    update assignments set expires_at = ${expiresAt}::timestamptz
    where account_id = ${coupon.accountId}::uuid and code_id = ${outcome.codeId}::uuid`.execute(db)
  return outcome.codeId
}
