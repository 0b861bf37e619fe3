import type { Page } from '../../contract/common.ts'
import type { Redemption } from '../../contract/reports.ts'
import type { Db } from '../db/database.ts'
import { decodeIdCursor, toPage } from '../lib/cursor.ts'
import { maskCode } from '../lib/mask.ts'
import { selectRedemptions } from './redemptions.sql.ts'

export type ListRedemptionsInput = {
  accountId: string
  couponId?: string | undefined
  cursor?: string | undefined
  limit: number
  /** False masks the codes. */
  showsCodes: boolean
}

/** Redemptions of an account or of one coupon, newest first, rolled back and repeated ones too. Throws `CursorError`. */
export async function listRedemptions(db: Db, input: ListRedemptionsInput): Promise<Page<Redemption>> {
  const rows = await selectRedemptions(db, {
    accountId: input.accountId,
    couponId: input.couponId,
    before: decodeIdCursor(input.cursor),
    limit: input.limit + 1,
  })
  return toPage(
    rows,
    input.limit,
    (row) => [row.id],
    (row) => ({
      ...row,
      at: row.at.toISOString(),
      cancelledAt: row.cancelledAt?.toISOString() ?? null,
      code: input.showsCodes ? row.code : maskCode(row.code),
    }),
  )
}
