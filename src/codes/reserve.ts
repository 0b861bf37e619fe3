import type { CouponRow } from '../coupons/coupon.ts'
import { requireLockedCoupon, requireUsable } from '../coupons/find-coupon.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { AppError } from '../errors.ts'
import { requirePool } from './pool.ts'
import {
  deleteReservation,
  deleteReservationsOf,
  selectReserved,
  selectReservedCoupons,
  selectReservedTotal,
  selectReservers,
  selectRoom,
  upsertReservation,
} from './reservations.sql.ts'

type CampaignInput = { accountId: string; campaignId: string }

export type ReserveInput = CampaignInput & {
  couponId: string
  /** How many codes the campaign shall be able to count on, whatever it reserved before. */
  count: number
  /**
   * True reserves also codes that are not there yet: they are the campaign's as soon as they are live. A reservation that
   * stands grows by codes that are there only: younger ones would lose theirs to it.
   */
  mayExceed: boolean
  now: Date
}

/** too_few: nothing was changed; `available` codes are there for this campaign. */
export type ReserveResult = { status: 'reserved' } | { status: 'too_few'; available: number }

/**
 * Reserves codes of a coupon for a campaign, in its place: draws for anybody else leave them alone from now on.
 *
 * Call it in a transaction: the coupon is held until it ends, so that of two who want the last codes one gets them.
 * Throws `coupon_not_found`, `coupon_archived`, `coupon_expired`.
 */
export async function reserveCodes(trx: Db, input: ReserveInput): Promise<ReserveResult> {
  const { accountId, campaignId, count, now } = input
  const coupon = requireUsable(await requireLockedCoupon(trx, input), now)
  const pool = await requirePool(trx, { accountId, coupon, now })
  const available = await selectRoom(trx, { accountId, couponId: coupon.id, poolId: pool.id, campaignId })
  if (available < count && !input.mayExceed) return { status: 'too_few', available }
  const reservation = { accountId, couponId: coupon.id, campaignId }
  const before = await selectReserved(trx, reservation)
  const most = before === undefined ? count : Math.max(before, available)
  await upsertReservation(trx, { ...reservation, count: Math.min(count, most), now })
  return { status: 'reserved' }
}

/** Gives back what a campaign has reserved and not drawn, in the order in which draws hold coupons. */
export async function releaseCodes(db: Db, { accountId, campaignId }: CampaignInput): Promise<void> {
  await inTransaction(db, async (trx) => {
    for (const couponId of await selectReservedCoupons(trx, accountId, campaignId)) {
      await requireLockedCoupon(trx, { accountId, couponId })
      await deleteReservation(trx, { accountId, couponId, campaignId })
    }
  })
}

/** How many codes of a coupon campaigns count on, whether they are there or not. */
export async function countReserved(db: Db, input: { accountId: string; couponId: string }): Promise<number> {
  return await selectReservedTotal(db, input.accountId, input.couponId)
}

/**
 * Throws `coupon_reserved` when a campaign counts on codes of the coupon. Nobody can draw codes of terms that are over, so
 * reservations of these are given up: a campaign that was paused for it reserves anew when it is resumed.
 * Call it with the coupon locked.
 */
export async function refuseWhileReserved(trx: Db, accountId: string, coupon: CouponRow, now: Date): Promise<void> {
  if (coupon.expiresAt && coupon.expiresAt <= now) return await deleteReservationsOf(trx, accountId, coupon.id)
  const campaigns = await selectReservers(trx, accountId, coupon.id)
  const [first] = campaigns
  if (!first) return
  const way =
    first.state === 'scheduled'
      ? 'Unschedule it first and schedule it again afterwards'
      : 'Wait until it is sent, or cancel it'
  const message = `The campaign ${first.name} has ${first.count} codes of ${coupon.name} reserved. ${way}.`
  throw new AppError('coupon_reserved', message, { couponId: coupon.id, campaigns })
}
