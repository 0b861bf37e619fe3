import { stringify } from 'csv-stringify/sync'
import { requireCoupon } from '../coupons/find-coupon.ts'
import type { Db } from '../db/database.ts'
import { type CodePageRow, type CodePool, selectCodePools, selectCodesInLine } from './codes.sql.ts'

const CODES_PER_STEP = 5000

const HEADER = ['code', 'state', 'version', 'profile_email', 'assigned_at', 'expires_at', 'redeemed_at']

export type ExportCodesInput = { accountId: string; couponId: string; now: Date }

/**
 * The codes of a coupon as CSV, oldest terms first, then as they stand in line; a piece per 5,000 codes, each made when it is
 * asked for, so that memory stays constant.
 *
 * Holds each code that was there at the start exactly once, also while others are added. Cells that a spreadsheet would take
 * for a formula begin with an apostrophe. Throws `coupon_not_found` before the first piece.
 */
export async function exportCodes(
  db: Db,
  input: ExportCodesInput,
): Promise<{ name: string; pieces: AsyncGenerator<string> }> {
  const coupon = await requireCoupon(db, { accountId: input.accountId, coupon: input.couponId })
  const pools = await selectCodePools(db, input.accountId, coupon.id)
  return { name: coupon.name, pieces: writePools(db, input, pools) }
}

async function* writePools(db: Db, { accountId, now }: ExportCodesInput, pools: CodePool[]): AsyncGenerator<string> {
  yield `${HEADER.join(',')}\n`
  for (const { id: poolId, tail } of pools) {
    for (let after = 0; after < tail; after += CODES_PER_STEP) {
      const upTo = Math.min(tail, after + CODES_PER_STEP)
      const filter = { state: undefined, limit: CODES_PER_STEP, now }
      yield stringify((await selectCodesInLine(db, { accountId, poolId, after, upTo }, filter)).map(toCells), {
        escape_formulas: true,
      })
    }
  }
}

function toCells(row: CodePageRow): (string | number)[] {
  const moments = [row.assignedAt, row.expiresAt, row.redeemedAt].map((moment) => moment?.toISOString() ?? '')
  return [row.code, row.state, row.version, row.profileEmail ?? '', ...moments]
}
