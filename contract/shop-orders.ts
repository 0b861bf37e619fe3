import { z } from 'zod'
import { id, moment } from './common.ts'

/** A term of a discount that the shop honours otherwise than the coupon says, because somebody changed it there. */
export const drift = z.object({
  /** The discount, by the pool whose codes it holds. */
  poolId: id,
  storeId: id,
  couponId: id,
  couponName: z.string(),
  version: z.number().int(),
  /** What the discount is called in the shop's admin. */
  title: z.string(),
  field: z.string(),
  expected: z.string(),
  found: z.string(),
  since: moment,
  /** False for what no change of terms brings back: codes, or a discount that was deleted. */
  canRestore: z.boolean(),
})
export type Drift = z.infer<typeof drift>

export const restoreTermsBody = z.object({ poolId: id })
export const restoreTermsReply = z.object({
  /** What differs still. */
  left: z.array(z.object({ field: z.string(), expected: z.string(), found: z.string() })),
})

/** How news of a shop arrives: by webhooks, and by comparing with the shop every ten minutes. */
export const shopOrders = z.object({
  webhooks: z.object({
    /** Where the app's settings in Shopify should send the three topics of privacy law. */
    address: z.string(),
    waiting: z.number().int(),
    failed: z.number().int(),
    lastReceivedAt: moment.nullable(),
    lastTopic: z.string().nullable(),
    /** Topics that the shop does not send, and Shopify's words for it. */
    missing: z.array(z.string()),
    error: z.string().nullable(),
    checkedAt: moment.nullable(),
  }),
  comparison: z.object({
    startedAt: moment.nullable(),
    /** When everything was last compared without an error. */
    completeAt: moment.nullable(),
    dueAt: moment.nullable(),
    /** Since the shop was connected. An order that changes, or is looked at again, counts again. */
    ordersRead: z.number().int(),
    ordersFound: z.number().int(),
    error: z.string().nullable(),
    /** Orders of this time can no longer be read; their codes are found by their use. */
    gap: z.object({ from: moment, until: moment }).nullable(),
  }),
  /** The newest 50 deliveries that could not be applied. */
  failures: z.array(
    z.object({
      webhookId: z.string(),
      topic: z.string(),
      error: z.string().nullable(),
      attempts: z.number().int(),
      receivedAt: moment,
      canRetry: z.boolean(),
    }),
  ),
  /** Customers who want to know what is known of them; the newest 50. */
  dataRequests: z.array(
    z.object({
      id,
      customerId: z.string().nullable(),
      orders: z.number().int(),
      requestedAt: moment,
      fetchedAt: moment.nullable(),
    }),
  ),
  /** The oldest 200. */
  drift: z.array(drift),
})
export type ShopOrders = z.infer<typeof shopOrders>

export const webhookParams = z.object({ id, webhookId: z.string().min(1).max(255) })
export const dataRequestParams = z.object({ id, requestId: id })
