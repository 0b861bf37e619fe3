import { sql } from 'kysely'
import type { Terms } from '../../contract/coupons.ts'
import type { Db } from '../db/database.ts'
import type { StoreFacts } from './check-terms.ts'
import type { CouponRow } from './coupon.ts'

const COLUMNS = sql.raw(`
  c.id, c.store_id as "storeId", s.name as "storeName", s.url as "storeUrl", s.kind as "storeKind", s.currency, c.name, c.type, c.description, c.purpose, c.prefix,
  c.code_length as "codeLength", c.reuse_policy as "reusePolicy", c.low_stock_threshold as "lowStockThreshold", c.fallback, c.on_cancel as "onCancel",
  c.version, v.id as "versionId", v.terms, v.expires_at as "expiresAt", v.expires_after_seconds as "expiresAfterSeconds",
  c.created_at as "createdAt", c.archived_at as "archivedAt"`)

const FROM = sql.raw(`
  from coupons c
  join terms_versions v on v.account_id = c.account_id and v.coupon_id = c.id and v.version = c.version
  join stores s on s.account_id = c.account_id and s.id = c.store_id`)

export async function selectCouponById(db: Db, accountId: string, id: string): Promise<CouponRow | undefined> {
  const { rows } = await sql<CouponRow>`
    select ${COLUMNS} ${FROM} where c.account_id = ${accountId} and c.id = ${id}`.execute(db)
  return rows[0]
}

/** Served by coupons_name; an archived coupon is found only when no open one has the name. */
export async function selectCouponByName(db: Db, accountId: string, name: string): Promise<CouponRow | undefined> {
  const { rows } = await sql<CouponRow>`
    select ${COLUMNS} ${FROM} where c.account_id = ${accountId} and c.name = ${name}
    order by c.archived_at desc nulls first limit 1`.execute(db)
  return rows[0]
}

export async function selectCouponsByName(db: Db, accountId: string, names: string[]): Promise<CouponRow[]> {
  const { rows } = await sql<CouponRow>`
    select ${COLUMNS} ${FROM}
    where c.account_id = ${accountId} and c.name = any(${names}::text[]) and c.archived_at is null`.execute(db)
  return rows
}

/** Holds the coupon's row until the transaction ends: draws, edits and archiving of one coupon come one after another. */
export async function lockCoupon(db: Db, accountId: string, id: string): Promise<CouponRow | undefined> {
  const locked = await sql`
    select 1 from coupons where account_id = ${accountId} and id = ${id} for no key update`.execute(db)
  return locked.rows.length === 1 ? await selectCouponById(db, accountId, id) : undefined
}

export type NewCoupon = {
  accountId: string
  id: string
  storeId: string
  name: string
  type: string
  description: string
  purpose: string | null
  prefix: string
  codeLength: number
  reusePolicy: string
  lowStockThreshold: number
  fallback: string | null
  onCancel: string
  now: Date
}

export async function insertCoupon(db: Db, coupon: NewCoupon): Promise<void> {
  await sql`
    insert into coupons (account_id, id, store_id, name, type, description, purpose, prefix, code_length, reuse_policy, low_stock_threshold, fallback, on_cancel, version, created_at)
    values (${coupon.accountId}, ${coupon.id}, ${coupon.storeId}, ${coupon.name}, ${coupon.type}, ${coupon.description}, ${coupon.purpose},
      ${coupon.prefix}, ${coupon.codeLength}, ${coupon.reusePolicy}, ${coupon.lowStockThreshold}, ${coupon.fallback}, ${coupon.onCancel}, 1, ${coupon.now})`.execute(
    db,
  )
}

export type NewTermsVersion = {
  accountId: string
  id: string
  couponId: string
  version: number
  terms: Terms
  now: Date
}

export async function insertTermsVersion(db: Db, version: NewTermsVersion): Promise<void> {
  const { expires } = version.terms
  await sql`
    insert into terms_versions (account_id, id, coupon_id, version, terms, expires_at, expires_after_seconds, created_at)
    values (${version.accountId}, ${version.id}, ${version.couponId}, ${version.version}, ${JSON.stringify(version.terms)}::jsonb,
      ${expires.kind === 'at' ? expires.at : null}::timestamptz, ${expires.kind === 'after_assignment' ? expires.seconds : null}::int,
      ${version.now})`.execute(db)
}

export async function updateCouponVersion(db: Db, accountId: string, id: string, version: number): Promise<void> {
  await sql`update coupons set version = ${version} where account_id = ${accountId} and id = ${id}`.execute(db)
}

export async function updateCouponDetails(
  db: Db,
  coupon: {
    accountId: string
    id: string
    description: string
    purpose: string | null
    reusePolicy: string
    lowStockThreshold: number
    fallback: string | null
    onCancel: string
  },
): Promise<void> {
  await sql`
    update coupons set description = ${coupon.description}, purpose = ${coupon.purpose},
      reuse_policy = ${coupon.reusePolicy}, low_stock_threshold = ${coupon.lowStockThreshold}, fallback = ${coupon.fallback}, on_cancel = ${coupon.onCancel}
    where account_id = ${coupon.accountId} and id = ${coupon.id}`.execute(db)
}

export async function updateCouponArchived(db: Db, accountId: string, id: string, now: Date): Promise<boolean> {
  const { rows } = await sql`
    update coupons set archived_at = ${now} where account_id = ${accountId} and id = ${id} and archived_at is null returning id`.execute(
    db,
  )
  return rows.length === 1
}

export async function existsArchivedName(db: Db, accountId: string, name: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from coupons where account_id = ${accountId} and name = ${name} and archived_at is not null limit 1`.execute(
    db,
  )
  return rows.length > 0
}

export async function selectStoreFacts(db: Db, accountId: string, storeId: string): Promise<StoreFacts | undefined> {
  const { rows } = await sql<StoreFacts>`
    select kind, currency, sells_subscriptions as "sellsSubscriptions" from stores
    where account_id = ${accountId} and id = ${storeId}`.execute(db)
  return rows[0]
}
