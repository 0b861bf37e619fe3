import { z } from 'zod'
import { currency, id, minor, moment, name, pageQuery } from './common.ts'

const shopIds = z.array(z.string().trim().min(1).max(255)).min(1).max(250)

export const discount = z.discriminatedUnion('kind', [
  /** 1 basis point = 0.01 %; 20 % is 2000. */
  z.object({ kind: z.literal('percentage'), basisPoints: z.number().int().min(1).max(10_000) }),
  z.object({ kind: z.literal('fixed_amount'), amountMinor: minor.min(1), currency }),
  z.object({ kind: z.literal('free_shipping') }),
  z.object({
    kind: z.literal('buy_x_get_y'),
    buyQuantity: z.number().int().min(1).max(1000),
    getQuantity: z.number().int().min(1).max(1000),
    /** How much the items to get are reduced; 10000 makes them free. */
    basisPoints: z.number().int().min(1).max(10_000),
    buyProductIds: shopIds,
    getProductIds: shopIds,
  }),
])
export type Discount = z.infer<typeof discount>

export const terms = z.object({
  discount,
  appliesTo: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('order') }),
      z.object({ kind: z.literal('products'), productIds: shopIds }),
      z.object({ kind: z.literal('collections'), collectionIds: shopIds }),
    ])
    .default({ kind: 'order' }),
  minimum: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('none') }),
      z.object({ kind: z.literal('subtotal'), amountMinor: minor.min(1), currency }),
      z.object({ kind: z.literal('quantity'), quantity: z.number().int().min(1).max(1_000_000) }),
    ])
    .default({ kind: 'none' }),
  /** `customers` and `segments` are those of a Shopify shop, named below; other stores have none. */
  customers: z.enum(['everyone', 'first_order', 'customers', 'segments']).default('everyone'),
  /** There exactly when `customers` is `customers`: numbers, or `gid://shopify/Customer/NUMBER`. */
  customerIds: shopIds.optional(),
  /** There exactly when `customers` is `segments`: numbers, or `gid://shopify/Segment/NUMBER`. */
  segmentIds: shopIds.optional(),
  oncePerCustomer: z.boolean().default(false),
  combinesWith: z
    .object({ orderDiscounts: z.boolean(), productDiscounts: z.boolean(), shippingDiscounts: z.boolean() })
    .default({ orderDiscounts: false, productDiscounts: false, shippingDiscounts: false }),
  purchase: z.enum(['one_time', 'subscription', 'both']).default('one_time'),
  /** Orders of a subscription that are reduced, the first one counted; null: all of them. Left out: 1. Shopify stores only. */
  billingCycles: z.number().int().min(1).max(1000).nullable().optional(),
  startsAt: moment.nullable().default(null),
  expires: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('never') }),
      z.object({ kind: z.literal('at'), at: moment }),
      /** 1 hour to 2 years after the code was assigned. */
      z.object({ kind: z.literal('after_assignment'), seconds: z.number().int().min(3600).max(63_072_000) }),
    ])
    .default({ kind: 'never' }),
})
export type Terms = z.infer<typeof terms>
export type TermsInput = z.input<typeof terms>

/** The name in `{% coupon_code 'NAME' %}`: letters, digits, space, dash, underscore and dot; matched exactly. */
export const couponName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N} _.-]*$/u,
    'Use letters, digits, spaces, dashes, underscores and dots; begin with a letter or digit',
  )

/** What a person gets when the order that redeemed their code is cancelled: nothing, or a new code of the same coupon. */
export const onCancel = z.enum(['stay_used', 'new_code'])

/**
 * When a person who was given a code of the coupon gets another. `until_used_or_expired`: after the one that they have. `new_each_entry`:
 * for each campaign and each entry that `POST /v1/assignments` names, whatever they have. `once`: never.
 */
export const reusePolicy = z.enum(['until_used_or_expired', 'new_each_entry', 'once'])
export type ReusePolicy = z.infer<typeof reusePolicy>

export const couponType = z.enum(['unique', 'uploaded'])
export const purpose = z.enum(['campaign', 'flow', 'form'])

export const createCouponBody = z.object({
  name: couponName,
  storeId: id,
  type: couponType.default('unique'),
  description: z.string().trim().max(2000).default(''),
  purpose: purpose.nullable().default(null),
  /** Stands before the random part, with a dash between. Null: the coupon's name where it fits. Empty: none. */
  prefix: z
    .string()
    .trim()
    .toUpperCase()
    .max(40)
    .regex(/^[A-Z0-9-]*$/, 'Use A–Z, 0–9 and dashes')
    .nullable()
    .default(null),
  /** Random symbols after the prefix; 11 symbols hold 54 bits. */
  codeLength: z.number().int().min(8).max(40).default(11),
  reusePolicy: reusePolicy.default('until_used_or_expired'),
  lowStockThreshold: z.number().int().min(0).max(10_000_000).default(100),
  fallback: z.string().trim().max(255).nullable().default(null),
  onCancel: onCancel.default('stay_used'),
  terms,
  /** True allows a name that an archived coupon had: codes of both then look alike in reports and mails. */
  confirmReusedName: z.boolean().default(false),
})
export type CreateCoupon = z.input<typeof createCouponBody>

export const updateCouponBody = z.object({
  description: z.string().trim().max(2000).optional(),
  purpose: purpose.nullable().optional(),
  /** Only as long as nobody has been given a code and no campaign has reserved one: `reuse_policy_fixed`. */
  reusePolicy: reusePolicy.optional(),
  lowStockThreshold: z.number().int().min(0).max(10_000_000).optional(),
  fallback: z.string().trim().max(255).nullable().optional(),
  onCancel: onCancel.optional(),
})

export const codeCounts = z.object({
  made: z.number().int(),
  live: z.number().int(),
  /** Can be assigned to anybody now. */
  available: z.number().int(),
  /** In line for campaigns that are scheduled or being sent. */
  reserved: z.number().int(),
  assigned: z.number().int(),
  redeemed: z.number().int(),
  expired: z.number().int(),
  withdrawn: z.number().int(),
  failed: z.number().int(),
})
export type CodeCounts = z.infer<typeof codeCounts>

export const coupon = z.object({
  id,
  name: couponName,
  storeId: id,
  storeName: z.string(),
  type: couponType,
  description: z.string(),
  purpose: purpose.nullable(),
  prefix: z.string(),
  codeLength: z.number().int(),
  reusePolicy,
  lowStockThreshold: z.number().int(),
  fallback: z.string().nullable(),
  onCancel,
  version: z.number().int(),
  terms,
  counts: codeCounts,
  lowStock: z.boolean(),
  createdAt: moment,
  archivedAt: moment.nullable(),
})
export type Coupon = z.infer<typeof coupon>

export const listCouponsQuery = pageQuery.extend({
  search: z.string().max(100).optional(),
  archived: z.enum(['true', 'false']).default('false'),
})

export const termsVersion = z.object({
  id,
  version: z.number().int(),
  terms,
  createdAt: moment,
  counts: codeCounts,
})
export const editTermsBody = z.object({ terms })
export const editTermsReply = z.object({
  version: z.number().int(),
  /** Unassigned codes of the old version that were withdrawn; add as many anew if you need them. */
  withdrawn: z.number().int(),
})

export const storeKind = z.enum(['custom', 'shopify'])
export const store = z.object({
  id,
  name,
  kind: storeKind,
  /** The shop's address; coupon links start with it. */
  url: z.string().nullable(),
  currency,
  timeZone: z.string(),
  sellsSubscriptions: z.boolean(),
  /** Days after their end for which unused codes stay in a Shopify shop; a custom shop ignores it. */
  retentionDays: z.number().int(),
  createdAt: moment,
})
export type Store = z.infer<typeof store>
export const createStoreBody = z.object({
  name,
  kind: z.literal('custom').default('custom'),
  url: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .nullable()
    .default(null),
  currency,
  timeZone: z.string().min(1).max(60).default('UTC'),
  sellsSubscriptions: z.boolean().default(false),
})
export const updateStoreBody = z.object({
  name: name.optional(),
  url: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .nullable()
    .optional(),
  timeZone: z.string().min(1).max(60).optional(),
  sellsSubscriptions: z.boolean().optional(),
  retentionDays: z.number().int().min(1).max(3650).optional(),
})
