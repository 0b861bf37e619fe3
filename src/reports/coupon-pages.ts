import type { z } from 'zod'
import type { Page } from '../../contract/common.ts'
import type { CodeCounts, Coupon, termsVersion } from '../../contract/coupons.ts'
import type { Db } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { decodeIdCursor, toPage } from '../lib/cursor.ts'
import { addCounts, countCodes, type PoolFacts } from './codes-counts.ts'
import { type CouponPageRow, selectCouponPage, selectPoolFacts, selectVersions } from './coupon-pages.sql.ts'

export type ListCouponsInput = {
  accountId: string
  /** A part of the name, whatever its case. */
  search?: string | undefined
  /** True lists the archived ones, false the others. */
  isArchived: boolean
  cursor?: string | undefined
  limit: number
  now: Date
}

/** Coupons with their counts, newest first. Throws `CursorError`. */
export async function listCoupons(db: Db, input: ListCouponsInput): Promise<Page<Coupon>> {
  const rows = await selectCouponPage(db, input.accountId, {
    search: input.search,
    isArchived: input.isArchived,
    before: decodeIdCursor(input.cursor),
    limit: input.limit + 1,
  })
  const ids = rows.slice(0, input.limit).map((row) => row.id)
  const pools = await selectPoolFacts(db, input.accountId, ids, input.now)
  return toPage(
    rows,
    input.limit,
    (row) => [row.id],
    (row) => toCoupon(row, countPools(pools, 'couponId', row.id), input.now),
  )
}

type OneCoupon = { accountId: string; couponId: string; now: Date }

/** One coupon with its counts. Throws `coupon_not_found`. */
export async function reportCouponPage(db: Db, input: OneCoupon): Promise<Coupon> {
  const [row] = await selectCouponPage(db, input.accountId, { couponId: input.couponId })
  if (!row) throw couponNotFound(input.couponId)
  const pools = await selectPoolFacts(db, input.accountId, [row.id], input.now)
  return toCoupon(row, countPools(pools, 'couponId', row.id), input.now)
}

/** The versions of a coupon's terms with the counts of their codes, newest first. Throws `coupon_not_found`. */
export async function listTermsVersions(db: Db, input: OneCoupon): Promise<z.infer<typeof termsVersion>[]> {
  const versions = await selectVersions(db, input.accountId, input.couponId)
  if (versions.length === 0) throw couponNotFound(input.couponId)
  const pools = await selectPoolFacts(db, input.accountId, [input.couponId], input.now)
  return versions.map((version) => ({
    ...version,
    createdAt: version.createdAt.toISOString(),
    counts: countPools(pools, 'versionId', version.id),
  }))
}

function countPools(pools: PoolFacts[], key: 'couponId' | 'versionId', id: string): CodeCounts {
  return addCounts(pools.filter((pool) => pool[key] === id).map(countCodes))
}

/** Low stock is said only of coupons that could still be assigned. */
function toCoupon({ expiresAt, ...row }: CouponPageRow, counts: CodeCounts, now: Date): Coupon {
  const isOver = row.archivedAt !== null || (expiresAt !== null && expiresAt <= now)
  return {
    ...row,
    counts,
    lowStock: !isOver && counts.available < row.lowStockThreshold,
    createdAt: row.createdAt.toISOString(),
    archivedAt: row.archivedAt?.toISOString() ?? null,
  }
}

function couponNotFound(couponId: string): AppError {
  return new AppError('coupon_not_found', 'No coupon of this account has this id. GET /v1/coupons lists them.', {
    couponId,
  })
}
