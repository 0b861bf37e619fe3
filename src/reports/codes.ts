import type { Code } from '../../contract/codes.ts'
import type { Page } from '../../contract/common.ts'
import { requireCoupon } from '../coupons/find-coupon.ts'
import type { Db } from '../db/database.ts'
import { CursorError, decodeCursor, decodeIdCursor, encodeCursor, toPage } from '../lib/cursor.ts'
import { maskCode } from '../lib/mask.ts'
import {
  type CodePageRow,
  type CodePool,
  type CodeState,
  selectCodePools,
  selectCodesAside,
  selectCodesByPrefix,
  selectCodesInLine,
  selectRedeemedCodes,
} from './codes.sql.ts'
import { toRevocation } from './revocation.ts'

/** Codes that one call looks at, at most, when a state is asked for that few of them have. */
const MOST_LOOKED_AT = 5000

/** Begins the cursors of codes that stand in no line. */
const ASIDE = 'aside'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

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
 * Codes of a coupon: the newest terms first, then as they stand in line, what left it last; assigned ones backwards; redeemed
 * ones by their redemption, newest first; found ones by alphabet.
 *
 * A page may hold fewer codes than asked for, even none, and still have a `next`: a call looks at no more than 5,000 codes
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
  if (start?.[0] === ASIDE) return await listAside(db, input, pools, start[1])
  let nth = start ? pools.findIndex((pool) => pool.id === start[0]) : 0
  let passed = Number(start?.[1] ?? 0)
  if (nth < 0 || !Number.isSafeInteger(passed)) throw new CursorError('not a place in the line of this coupon')

  const rows: CodePageRow[] = []
  let looked = 0
  for (let pool = pools[nth]; pool && rows.length <= input.limit; pool = pools[nth]) {
    if (looked >= MOST_LOOKED_AT) return toPart(rows, input, [pool.id, String(passed)])
    const wanted = input.limit + 1 - rows.length
    const span = input.state === undefined ? wanted : MOST_LOOKED_AT - looked
    const range = nextRange(pool, input.state, passed, span)
    if (range) {
      const place = { accountId: input.accountId, poolId: pool.id, ...range }
      const filter = { state: input.state, isBackwards: isBackwards(input.state), limit: wanted, now: input.now }
      rows.push(...(await selectCodesInLine(db, place, filter)))
      looked += range.upTo - range.after
      passed = isBackwards(input.state) ? range.after + 1 : range.upTo
    }
    if (range && nextRange(pool, input.state, passed, span)) continue
    nth += 1
    passed = 0
  }
  const hasAside = input.state === 'live' || input.state === 'withdrawn'
  if (hasAside && rows.length <= input.limit) return toPart(rows, input, [ASIDE, ''])
  return toPage(rows, input.limit, (row) => [row.poolId, String(row.position)], toCode(input))
}

/** Codes that people have are read from the newest: the oldest have most likely expired. */
function isBackwards(state: CodeState | undefined): boolean {
  return state === 'assigned'
}

/** The next positions of a line at which codes of a state may stand, at most `span`; `passed` was the last one seen, 0 none. */
function nextRange(
  pool: CodePool,
  state: CodeState | undefined,
  passed: number,
  span: number,
): { after: number; upTo: number } | undefined {
  if (isBackwards(state)) {
    const upTo = passed === 0 ? pool.head : passed - 1
    return upTo > 0 ? { after: Math.max(0, upTo - span), upTo } : undefined
  }
  const isBehindHead = state === 'live' || state === 'withdrawn'
  if (isBehindHead && pool.isClosed !== (state === 'withdrawn')) return undefined
  const after = Math.max(passed, isBehindHead ? pool.head : 0)
  return after < pool.tail ? { after, upTo: Math.min(pool.tail, after + span) } : undefined
}

/** What of a state stands in no line, after all that does: left it unassigned, or was taken back. */
async function listAside(
  db: Db,
  input: ListCodesInput,
  pools: CodePool[],
  after: string | undefined,
): Promise<Page<Code>> {
  if (input.state === undefined || (after && !UUID.test(after))) throw new CursorError('not a place of this list')
  const rows = await selectCodesAside(db, {
    ...input,
    poolIds: pools.map((pool) => pool.id),
    after: after || undefined,
    state: input.state,
    limit: input.limit + 1,
  })
  return toPage(rows, input.limit, (row) => [ASIDE, row.id], toCode(input))
}

function toPart(rows: CodePageRow[], input: ListCodesInput, place: readonly string[]): Page<Code> {
  return { items: rows.map(toCode(input)), next: encodeCursor(place) }
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

export function toCode({ showsCodes }: Pick<ListCodesInput, 'showsCodes'>) {
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
    isTest: row.isTest,
    revocation: toRevocation(row.revocation),
  })
}
