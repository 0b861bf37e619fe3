import { z } from 'zod'
import { idParams } from '../../../contract/common.ts'
import { couponDiscount, type ShopSync, shopSync } from '../../../contract/shopify.ts'
import { listCouponDiscounts } from '../../reports/coupon-discounts.ts'
import { requireShop } from '../../stores/shopify/connect/find-shop.ts'
import { describeSync, type SyncStatus } from '../../stores/shopify/sync/describe-sync.ts'
import type { ApiApp, ApiDeps } from '../route.ts'

/** How codes go into a shop, and where its own admin shows them. */
export function registerShopSyncRoutes(app: ApiApp, { db, now }: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/stores/:id/sync',
    config: { scope: 'account:read' },
    schema: {
      summary: 'How codes go into a Shopify store: jobs, speed, when they are ready, room',
      tags: ['stores'],
      params: idParams,
      response: { 200: shopSync },
    },
    handler: async ({ caller, params }) => {
      const key = { accountId: caller.accountId, storeId: params.id }
      await requireShop(db, key)
      return toReply(await describeSync(db, { ...key, now: now() }))
    },
  })
  app.route({
    method: 'GET',
    url: '/v1/coupons/:id/discounts',
    config: { scope: 'coupons:read' },
    schema: {
      summary: "A coupon's discounts in its Shopify store, newest first, at most 200",
      tags: ['coupons'],
      params: idParams,
      response: { 200: z.array(couponDiscount) },
    },
    handler: ({ caller, params }) => listCouponDiscounts(db, { accountId: caller.accountId, couponId: params.id }),
  })
}

function toReply(sync: SyncStatus): ShopSync {
  const text = (at: Date | null): string | null => at?.toISOString() ?? null
  return {
    ...sync,
    problemAt: text(sync.problemAt),
    waitsUntil: text(sync.waitsUntil),
    readyAt: text(sync.readyAt),
    jobs: sync.jobs.map((job) => ({ ...job, readyAt: text(job.readyAt) })),
  }
}
