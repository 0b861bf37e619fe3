import type { Db } from '../../db/database.ts'
import { inTransaction } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { type Assigned, assignCodes } from '../assign.ts'
import { updateReplacedBy } from './revocations.sql.ts'
import { type Revoked, type RevokeInput, revokeCode } from './revoke.ts'

export type Replaced = Revoked & { profileId: string; replacement: Assigned }

/**
 * Revokes the code that somebody has and gives them another of the same coupon, by its newest terms and with a fresh deadline: both, or
 * neither.
 *
 * Throws what `revokeCode` throws, `code_state` for a code that nobody has, `no_code` when the coupon has none left to give,
 * `coupon_archived` and `coupon_expired`.
 */
export async function replaceCode(db: Db, input: RevokeInput): Promise<Replaced> {
  return await inTransaction(db, async (trx) => {
    const { accountId, codeId, now } = input
    const revoked = await revokeCode(trx, input)
    const { couponId, couponName, profileId } = revoked
    if (profileId === null) {
      throw new AppError('code_state', 'Nobody has this code, so there is nobody to give another. Revoke it instead.', {
        codeId,
      })
    }
    const inPlace = { profileIds: [profileId], insteadOf: codeId, now: justAfter(now) }
    const [outcome] = await assignCodes(trx, { accountId, couponId, ...inPlace })
    if (outcome?.status !== 'assigned') {
      const message = `${couponName} has no code left to give, so nothing was changed: the old code still works. Add codes first.`
      throw new AppError('no_code', message, { couponId })
    }
    await updateReplacedBy(trx, input, outcome.codeId)
    return { ...revoked, profileId, replacement: outcome }
  })
}

/** The person's feed tells in the order of the clock: first the code goes, then the other comes. */
function justAfter(moment: Date): Date {
  return new Date(moment.getTime() + 1)
}
