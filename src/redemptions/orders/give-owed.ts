import { assignCodes } from '../../codes/assign.ts'
import type { Db } from '../../db/database.ts'
import { inTransaction } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { type OwedRow, selectOwed, updateOwedSettled } from './settle.sql.ts'

const PAGE = 200

/**
 * Gives new codes to people whose order was cancelled, as far as there are any; who finds none waits for the next time.
 *
 * The row is claimed and the code drawn in one transaction: nobody gets two, however many workers ask. The new code takes the place of the
 * cancelled one in the coupon's reuse policy; who has another open one in that place keeps it. Of an archived or ended coupon nothing is given any more. Returns how many were settled.
 */
export async function giveOwedCodes(db: Db, now: Date, signal?: AbortSignal): Promise<number> {
  const empty = new Set<string>()
  let settled = 0
  let last: OwedRow | undefined
  do {
    const page: OwedRow[] = await selectOwed(db, last, PAGE)
    for (const owed of page) {
      if (signal?.aborted) return settled
      if (empty.has(owed.couponId)) continue
      const result = await giveOne(db, owed, now)
      if (result === 'settled') settled += 1
      if (result === 'exhausted') empty.add(owed.couponId)
    }
    last = page.length === PAGE ? page.at(-1) : undefined
  } while (last)
  return settled
}

const OVER = new Set(['coupon_archived', 'coupon_expired'])

async function giveOne(db: Db, owed: OwedRow, now: Date): Promise<'settled' | 'exhausted' | 'taken'> {
  try {
    return await inTransaction<'settled'>(db, async (trx) => {
      const { accountId, couponId, codeId, profileId } = owed
      const [outcome] = await assignCodes(trx, { accountId, couponId, profileIds: [profileId], insteadOf: codeId, now })
      if (outcome?.status === 'exhausted') throw new NothingLeft()
      const isClaimed = await updateOwedSettled(trx, owed, outcome?.status === 'unknown_profile' ? 'void' : 'given')
      if (!isClaimed) throw new AlreadySettled()
      return 'settled'
    })
  } catch (error) {
    if (error instanceof AlreadySettled) return 'taken'
    if (error instanceof NothingLeft) return 'exhausted'
    if (!(error instanceof AppError) || !OVER.has(error.code)) throw error
    await updateOwedSettled(db, owed, 'void')
    return 'settled'
  }
}

/** Takes back a draw whose person was served by another worker in the meantime. */
class AlreadySettled extends Error {
  override readonly name = 'AlreadySettled'
}

/** Gives the cancelled code its place back, until there is one to take it. */
class NothingLeft extends Error {
  override readonly name = 'NothingLeft'
}
