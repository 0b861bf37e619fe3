import { z } from 'zod'
import { id, moment } from './common.ts'

const money = z.object({
  currency: z.string(),
  /** What the orders brought: their subtotals less discounts and refunds. An order counts once; cancelled and test orders do not. */
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
  /** Redemptions of a code by an order that is not its recipient's, or of a code that was never assigned. */
  redeemedBySomebodyElse: z.number().int(),
  /** Of the redemptions, those whose order was cancelled. Their money is not counted. */
  cancelled: z.number().int(),
  /** Later orders with a code that had been redeemed, made by subscriptions and by checkouts. Their money is not counted. */
  renewals: z.number().int(),
  overuses: z.number().int(),
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
  /** Skipped messages by reason, most first: `no_code`, `already_had`, `no_email`, `not_subscribed`, `unsubscribed`, `render_failed`. */
  skippedBecause: z.array(z.object({ reason: z.string(), count: z.number().int() })),
  /** Messages that were opened, and that a link of was followed, each once. */
  opened: z.number().int(),
  clicked: z.number().int(),
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

/** What became of all messages of a template, tests left out. */
export const templateReport = z.object({
  templateId: id,
  sent: z.number().int(),
  opened: z.number().int(),
  clicked: z.number().int(),
})
export type TemplateReport = z.infer<typeof templateReport>

export const redemption = z.object({
  id,
  at: moment,
  /** The shop's id of the order; null where the shop counts a use and its order cannot be found. */
  orderId: z.string().nullable(),
  /** What the merchant calls the order. */
  orderName: z.string().nullable(),
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
  refundedMinor: z.number().int(),
  /** repeated: a later order with a code that was redeemed. */
  state: z.enum(['accepted', 'rolled_back', 'repeated']),
  /** Made by a subscription. */
  isRenewal: z.boolean(),
  isTest: z.boolean(),
  cancelledAt: moment.nullable(),
  /** What became of the new code that the person should get after the order was cancelled. */
  newCode: z.enum(['owed', 'given', 'void']).nullable(),
})
export type Redemption = z.infer<typeof redemption>
