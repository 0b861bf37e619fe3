import { z } from 'zod'
import { id, moment, pageQuery } from './common.ts'

export const codeState = z.enum(['made', 'live', 'assigned', 'redeemed', 'expired', 'withdrawn', 'failed'])

/** A code that was taken out of use by hand. */
export const revocation = z.object({
  reason: z.string(),
  at: moment,
  /** none: the store is your own checkout, which refuses it at once. waiting: the shop may still have it. gone: it has it no more. used: an order was faster. */
  shop: z.enum(['none', 'waiting', 'gone', 'used']),
  goneAt: moment.nullable(),
  /** The person was given another code in its place. */
  isReplaced: z.boolean(),
})
export type Revocation = z.infer<typeof revocation>

export const code = z.object({
  id,
  /** Masked (`WELCOME20-•••••••7K2`) for callers without the scope or role to see codes. */
  code: z.string(),
  state: codeState,
  version: z.number().int(),
  profileId: id.nullable(),
  profileEmail: z.string().nullable(),
  assignedAt: moment.nullable(),
  expiresAt: moment.nullable(),
  redeemedAt: moment.nullable(),
  /** A test mail shows it: it belongs to nobody and counts in no report. */
  isTest: z.boolean(),
  revocation: revocation.nullable(),
})
export type Code = z.infer<typeof code>

export const listCodesQuery = pageQuery.extend({ state: codeState.optional(), search: z.string().max(255).optional() })

/** A code found by its text, with where it belongs. */
export const findCodesQuery = z.object({ code: z.string().trim().min(1).max(300) })
export const foundCode = code.extend({ storeId: id, storeName: z.string(), couponId: id, couponName: z.string() })
export type FoundCode = z.infer<typeof foundCode>

/** Longest reason of a revocation. */
export const MAX_REASON_CHARACTERS = 200
/** Why, for those who look at the code later. It stays in the audit log: name no person in it. */
export const revokeBody = z.object({ reason: z.string().trim().min(1).max(MAX_REASON_CHARACTERS) })
export const revokeReply = z.object({
  codeId: id,
  couponId: id,
  profileId: id.nullable(),
  /** none: refused from now on. waiting: the shop may honour it until the sync has taken it out. */
  shop: z.enum(['none', 'waiting']),
})
export type RevokeReply = z.infer<typeof revokeReply>
export const replaceReply = revokeReply.extend({
  /** The new code, masked for callers who may not see codes. */
  replacement: z.object({ codeId: id, code: z.string(), expiresAt: moment.nullable() }),
})
export type ReplaceReply = z.infer<typeof replaceReply>

/** Which message is sent again: the newest one that told the person this code, or the newest email or text. */
export const resendBody = z.object({ medium: z.enum(['email', 'sms']).optional() })
export const resendReply = z.object({ messageId: id, medium: z.enum(['email', 'sms']), to: z.string() })
export type ResendReply = z.infer<typeof resendReply>

/** Most codes that one call may add. A larger number is added by several calls. */
export const MAX_CODES_PER_JOB = 5_000_000
export const addCodesBody = z.object({ count: z.number().int().min(1).max(MAX_CODES_PER_JOB) })

export const codeJob = z.object({
  id,
  couponId: id,
  /** ahead: the stock of the next bucket of a Shopify store, begun by Onecode itself. */
  kind: z.enum(['generate', 'upload', 'ahead']),
  state: z.enum(['queued', 'running', 'done', 'cancelled', 'failed']),
  wanted: z.number().int(),
  done: z.number().int(),
  /** Rows of an upload that were not taken; `GET /v1/code-jobs/{id}/errors` lists them by line. */
  skipped: z.number().int(),
  /** Codes per second since the start; null before the first batch. */
  ratePerSecond: z.number().nullable(),
  /** When the last code will be live at the present rate; null when unknown or finished. */
  readyAt: moment.nullable(),
  error: z.string().nullable(),
  createdAt: moment,
  finishedAt: moment.nullable(),
})
export type CodeJob = z.infer<typeof codeJob>

/** A row of a file that was not taken, with its line (1 is the header) and what to do. */
export const rowError = z.object({ line: z.number().int(), reason: z.string(), value: z.string() })
export type RowError = z.infer<typeof rowError>

/** Most profiles of one call. */
export const MAX_PROFILES_PER_CALL = 10_000
/** Longest name of an entry. */
export const MAX_ENTRY_LENGTH = 255
export const assignBody = z.object({
  /** The coupon's name or id. */
  coupon: z.string().min(1).max(100),
  /**
   * What the codes are for, such as the id of an order or event; it is kept with the code for good, so name no person in it. Coupons of the
   * policy `new_each_entry` need it: the same entry gives a profile the same code, another entry a new one. Others do not look at it.
   */
  entry: z.string().trim().min(1).max(MAX_ENTRY_LENGTH).optional(),
  profiles: z
    .array(z.union([z.object({ profileId: id }), z.object({ email: z.string().min(1).max(254) })]))
    .min(1)
    .max(MAX_PROFILES_PER_CALL),
})
export const assignment = z.object({
  /** already_had: the code that the coupon's policy allows this person, of all time or for this entry, is used or expired; there is no other. */
  status: z.enum(['assigned', 'kept', 'already_had', 'exhausted', 'unknown_profile']),
  profileId: id.nullable(),
  email: z.string().nullable(),
  code: z.string().nullable(),
  expiresAt: moment.nullable(),
})
export const assignReply = z.object({
  couponId: id,
  assigned: z.number().int(),
  kept: z.number().int(),
  alreadyHad: z.number().int(),
  exhausted: z.number().int(),
  results: z.array(assignment),
})

/** One line item of the cart. Needed only for coupons that look at products, collections, quantities or subscriptions. */
export const cartItem = z.object({
  productId: z.string().min(1).max(255),
  collectionIds: z.array(z.string().min(1).max(255)).max(250).default([]),
  quantity: z.number().int().min(1).max(1_000_000),
  unitPriceMinor: z.number().int().min(0).max(1_000_000_000_000),
  subscription: z.boolean().default(false),
})
export const cart = z.object({
  code: z.string().min(1).max(300),
  /** Needed when the account has several custom stores. */
  storeId: id.optional(),
  subtotalMinor: z.number().int().min(0).max(1_000_000_000_000_000),
  currency: z.string().min(3).max(3),
  email: z.string().max(254).optional(),
  items: z.array(cartItem).max(1000).optional(),
  shippingMinor: z.number().int().min(0).max(1_000_000_000_000).optional(),
  /** True when this is the customer's first order; coupons for first orders need it. */
  isFirstOrder: z.boolean().optional(),
})
export type Cart = z.infer<typeof cart>

export const refusalReason = z.enum([
  'unknown_code',
  'already_redeemed',
  'held_by_another_order',
  'withdrawn',
  'not_started',
  'expired',
  'minimum_not_met',
  'currency_mismatch',
  'not_applicable',
  'not_first_order',
  'customer_already_used',
  'email_required',
  'items_required',
  'purchase_type',
])
export type RefusalReason = z.infer<typeof refusalReason>
/** The one text for shoppers, whatever the reason: different texts would tell a guesser which codes exist. */
export const REFUSAL_TEXT = 'This code cannot be used for this order.'

export const checkoutReply = z.object({
  status: z.enum(['valid', 'reserved', 'redeemed', 'refused']),
  /** For shoppers. Null unless refused. */
  message: z.string().nullable(),
  /** For the shop's own logs; never show it to shoppers. */
  reason: refusalReason.nullable(),
  coupon: z.string().nullable(),
  code: z.string().nullable(),
  discountMinor: z.number().int().nullable(),
  currency: z.string().nullable(),
  freeShipping: z.boolean(),
  combinesWith: z
    .object({ orderDiscounts: z.boolean(), productDiscounts: z.boolean(), shippingDiscounts: z.boolean() })
    .nullable(),
  expiresAt: moment.nullable(),
  /** Until when a reservation holds. */
  reservedUntil: moment.nullable(),
  redemptionId: id.nullable(),
  /** False when the order's email is not the recipient's; null when one of them is unknown. */
  recipientMatches: z.boolean().nullable(),
})
export type CheckoutReply = z.infer<typeof checkoutReply>

export const orderId = z.string().trim().min(1).max(255)
export const reserveBody = cart.extend({ orderId, seconds: z.number().int().min(30).max(86_400).default(900) })
export const redeemBody = cart.extend({ orderId })
export const rollbackBody = z.object({ code: z.string().min(1).max(300), orderId, storeId: id.optional() })
/** `nothing_to_undo`: this order holds no redemption and no reservation of this code. */
export const rollbackReply = z.object({
  status: z.enum(['rolled_back', 'released', 'nothing_to_undo']),
  redemptionId: id.nullable(),
})
