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
  /** Messages that were opened, and that a link of was followed, each once. */
  opened: z.number().int(),
  clicked: z.number().int(),
  assigned: z.number().int(),
  redeemed: z.number().int(),
  rate: z.number().nullable(),
  money: z.array(money),
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
  /** The code of a test mail: it counts in no report. */
  isTest: z.boolean(),
})
export type Redemption = z.infer<typeof redemption>
