import type { Code } from '../../contract/codes.ts'
import type { Page } from '../../contract/common.ts'
import { requireCoupon } from '../coupons/find-coupon.ts'
import type { Db } from '../db/database.ts'
import { CursorError, decodeCursor, decodeIdCursor, encodeCursor, toPage } from '../lib/cursor.ts'
import { maskCode } from '../lib/mask.ts'
import {
  type CodePageRow,
  type CodeState,
  selectCodePools,
  selectCodesByPrefix,
  selectCodesInLine,
  selectRedeemedCodes,
} from './codes.sql.ts'

/** Codes that are looked at in one statement, and by one call at most, when a state is asked for that few codes have. */
const CODES_PER_LOOK = 5000
const MOST_LOOKED_AT = 50_000

export type ListCodesInput = {
  accountId: string
  couponId: string
  state?: CodeState | undefined
  /** The beginning of a code, or a whole one, whatever its case. */
  search?: string | undefined
  cursor?: string | undefined
  limit: number
  /** False masks the codes. */
  showsCodes: boolean
  now: Date
}

/**
 * Codes of a coupon: the newest terms first, then as they stand in line; redeemed ones by their redemption, newest first;
 * found ones by alphabet.
 *
 * A page may hold fewer codes than asked for, even none, and still have a `next`: a call looks at no more than 50,000 codes
 * for those of a rare state. Throws `coupon_not_found`, `CursorError`.
 */
export async function listCodes(db: Db, input: ListCodesInput): Promise<Page<Code>> {
  const coupon = await requireCoupon(db, { accountId: input.accountId, coupon: input.couponId })
  const prefix = input.search?.trim().replaceAll('\0', '')
  if (prefix) return await findByPrefix(db, { ...input, storeId: coupon.storeId, prefix })
  return input.state === 'redeemed' ? await listRedeemed(db, input) : await listInLine(db, input)
}

async function listInLine(db: Db, input: ListCodesInput): Promise<Page<Code>> {
  const pools = (await selectCodePools(db, input.accountId, input.couponId)).toReversed()
  const start = decodeCursor(input.cursor, 2)
  let nth = start ? pools.findIndex((pool) => pool.id === start[0]) : 0
  let after = Number(start?.[1] ?? 0)
  if (nth < 0 || !Number.isSafeInteger(after)) throw new CursorError('not a place in the line of this coupon')

  const rows: CodePageRow[] = []
  let looked = 0
  for (let pool = pools[nth]; pool && rows.length < input.limit; pool = pools[nth]) {
    if (looked >= MOST_LOOKED_AT) return { items: rows.map(toCode(input)), next: encodeCursor([pool.id, `${after}`]) }
    const wanted = input.limit + 1 - rows.length
    const upTo = Math.min(pool.tail, after + (input.state === undefined ? wanted : CODES_PER_LOOK))
    const place = { accountId: input.accountId, poolId: pool.id, after, upTo }
    rows.push(...(await selectCodesInLine(db, place, { state: input.state, limit: wanted, now: input.now })))
    looked += upTo - after
    after = upTo
    if (upTo < pool.tail) continue
    nth += 1
    after = 0
  }
  return toPage(rows, input.limit, (row) => [row.poolId, String(row.position)], toCode(input))
}

async function listRedeemed(db: Db, input: ListCodesInput): Promise<Page<Code>> {
  const before = decodeIdCursor(input.cursor)
  const rows = await selectRedeemedCodes(db, { ...input, before, limit: input.limit + 1 })
  return toPage(rows, input.limit, (row) => [row.redemptionId], toCode(input))
}

async function findByPrefix(db: Db, input: ListCodesInput & { storeId: string; prefix: string }): Promise<Page<Code>> {
  const after = decodeCursor(input.cursor, 1)?.[0]
  if (after?.includes('\0')) throw new CursorError('not a code')
  const pools = await selectCodePools(db, input.accountId, input.couponId)
  const rows = await selectCodesByPrefix(db, {
    ...input,
    poolIds: pools.map((pool) => pool.id),
    after,
    state: input.state,
    limit: input.limit + 1,
  })
  return toPage(rows, input.limit, (row) => [row.upperCode], toCode(input))
}

function toCode({ showsCodes }: ListCodesInput) {
  return (row: CodePageRow): Code => ({
    id: row.id,
    code: showsCodes ? row.code : maskCode(row.code),
    state: row.state,
    version: row.version,
    profileId: row.profileId,
    profileEmail: row.profileEmail,
    assignedAt: row.assignedAt?.toISOString() ?? null,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    redeemedAt: row.redeemedAt?.toISOString() ?? null,
  })
}
