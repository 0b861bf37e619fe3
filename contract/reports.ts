import { z } from 'zod'
import { id, moment } from './common.ts'

const money = z.object({
  currency: z.string(),
  /** What the orders brought: their subtotals less the discount. */
  revenueMinor: z.number().int(),
  discountMinor: z.number().int(),
  orders: z.number().int(),
})

export const couponReport = z.object({
  couponId: id,
  name: z.string(),
  assigned: z.number().int(),
  redeemed: z.number().int(),
  /** Redeemed of assigned, 0 to 1; null when nothing is assigned. */
  rate: z.number().nullable(),
  expiredUnused: z.number().int(),
  /** Orders that used a code again, or a code that was never assigned: kept as facts. */
  redeemedBySomebodyElse: z.number().int(),
  money: z.array(money),
  /** Median seconds from assignment to redemption; null without one. */
  medianSecondsToRedeem: z.number().nullable(),
  /** A row for each day (UTC) with an assignment or redemption, oldest first. At most 366. */
  days: z.array(z.object({ day: z.string(), assigned: z.number().int(), redeemed: z.number().int() })),
})
export type CouponReport = z.infer<typeof couponReport>

export const campaignReport = z.object({
  campaignId: id,
  name: z.string(),
  recipients: z.number().int(),
  sent: z.number().int(),
  skipped: z.number().int(),
  rejected: z.number().int(),
  unknown: z.number().int(),
  /** Skipped messages by reason, most first: `no_code`, `no_email`, `not_subscribed`, `unsubscribed`, `render_failed`. */
  skippedBecause: z.array(z.object({ reason: z.string(), count: z.number().int() })),
  assigned: z.number().int(),
  redeemed: z.number().int(),
  rate: z.number().nullable(),
  money: z.array(money),
  /** The two messages of a test, by people who got them; without the rest that got the winner. Empty without a test. */
  variants: z.array(
    z.object({
      variant: z.enum(['a', 'b']),
      recipients: z.number().int(),
      sent: z.number().int(),
      opened: z.number().int(),
      clicked: z.number().int(),
      redeemed: z.number().int(),
    }),
  ),
  /** A row for each hour (UTC) in which a message was sent or a code redeemed, oldest first. At most the first 168. */
  hours: z.array(z.object({ hour: moment, sent: z.number().int(), redeemed: z.number().int() })),
})
export type CampaignReport = z.infer<typeof campaignReport>

export const redemption = z.object({
  id,
  at: moment,
  orderId: z.string(),
  code: z.string(),
  couponId: id,
  couponName: z.string(),
  profileId: id.nullable(),
  profileEmail: z.string().nullable(),
  orderEmail: z.string().nullable(),
  recipientMatches: z.boolean().nullable(),
  subtotalMinor: z.number().int(),
  discountMinor: z.number().int(),
  currency: z.string(),
  state: z.enum(['accepted', 'rolled_back']),
})
export type Redemption = z.infer<typeof redemption>
