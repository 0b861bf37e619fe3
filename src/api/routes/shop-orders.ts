import { z } from 'zod'
import { idParams, noContent } from '../../../contract/common.ts'
import {
  dataRequestParams,
  drift,
  restoreTermsBody,
  restoreTermsReply,
  shopOrders,
  webhookParams,
} from '../../../contract/shop-orders.ts'
import { exportPerson } from '../../reports/person-export.ts'
import { requireStore } from '../../stores/find-store.ts'
import { explainFailure } from '../../stores/shopify/connect/explain-failure.ts'
import { openShop } from '../../stores/shopify/connect/open-shop.ts'
import { listDrift } from '../../stores/shopify/reconcile/list-drift.ts'
import { requestReconcile } from '../../stores/shopify/reconcile/request-reconcile.ts'
import { restoreTerms } from '../../stores/shopify/reconcile/restore-terms.ts'
import { describeOrders, retryWebhook, takeUpDataRequest } from '../../stores/shopify/webhooks/describe-orders.ts'
import { audited } from '../audited.ts'
import type { ApiApp, ApiDeps } from '../route.ts'

const tags = ['stores']

/** What arrives from a shop, and what a person can do about it. */
export function registerShopOrderRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db, now, publicUrl, wakeWorker } = deps
  app.route({
    method: 'GET',
    url: '/v1/stores/:id/orders',
    config: { scope: 'account:read' },
    schema: {
      summary: 'How orders and changes of a Shopify shop arrive: webhooks, comparison, what waits for somebody',
      tags,
      params: idParams,
      response: { 200: shopOrders },
    },
    handler: ({ caller, params }) => describeOrders(db, { accountId: caller.accountId, storeId: params.id, publicUrl }),
  })
  app.route({
    method: 'POST',
    url: '/v1/stores/:id/orders/check',
    config: { scope: 'coupons:write' },
    schema: {
      summary: 'Compare a store with its shop now',
      tags,
      params: idParams,
      response: { 202: noContent },
    },
    handler: async ({ caller: { accountId }, params: { id } }, reply) => {
      await requireStore(db, { accountId, storeId: id })
      await requestReconcile(db, { accountId, storeId: id, now: now(), withWebhooks: true })
      await wakeWorker('reconcile-store', { accountId, id })
      return await reply.code(202).send(null)
    },
  })
  app.route({
    method: 'POST',
    url: '/v1/stores/:id/webhooks/:webhookId/retry',
    config: { scope: 'account:write' },
    schema: { summary: 'Apply a failed webhook again', tags, params: webhookParams, response: { 204: noContent } },
    handler: async ({ caller, params: { id, webhookId } }, reply) => {
      await audited(
        deps,
        caller,
        (trx) => retryWebhook(trx, { accountId: caller.accountId, storeId: id, webhookId, now: now() }),
        () => ({ action: 'webhook.retried', subject: `store:${id}`, data: { webhookId } }),
      )
      return await reply.code(204).send(null)
    },
  })
  registerPrivacyRoute(app, deps)
  registerDriftRoutes(app, deps)
}

function registerPrivacyRoute(app: ApiApp, deps: ApiDeps): void {
  const { now } = deps
  app.route({
    method: 'GET',
    url: '/v1/stores/:id/data-requests/:requestId/file',
    config: { scope: 'account:write' },
    schema: {
      summary: 'Everything that is known of a customer who asked for it, as JSON',
      tags,
      params: dataRequestParams,
      response: { 200: z.record(z.string(), z.unknown()) },
    },
    handler: async ({ caller, params: { id, requestId } }, reply) => {
      const { accountId } = caller
      const file = await audited(
        deps,
        caller,
        async (trx) => {
          const request = await takeUpDataRequest(trx, { accountId, storeId: id, requestId, now: now() })
          return await exportPerson(trx, { ...request, accountId, now: now() })
        },
        () => ({ action: 'customer.data_exported', subject: `store:${id}`, data: { requestId } }),
      )
      return await reply.header('content-disposition', `attachment; filename="customer-${requestId}.json"`).send(file)
    },
  })
}

function registerDriftRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db, now, secret } = deps
  app.route({
    method: 'GET',
    url: '/v1/coupons/:id/drift',
    config: { scope: 'coupons:read' },
    schema: {
      summary: 'What was changed in the shop’s own admin about a coupon’s discounts, oldest first',
      tags: ['coupons'],
      params: idParams,
      response: { 200: z.array(drift) },
    },
    handler: ({ caller: { accountId }, params }) => listDrift(db, { accountId, couponId: params.id }),
  })
  app.route({
    method: 'POST',
    url: '/v1/stores/:id/drift/restore',
    config: { scope: 'coupons:write' },
    schema: {
      summary: 'Give a discount in the shop the coupon’s terms back',
      tags,
      params: idParams,
      body: restoreTermsBody,
      response: { 200: restoreTermsReply },
    },
    handler: async ({ body, caller, params: { id } }) => {
      const { accountId } = caller
      const store = await requireStore(db, { accountId, storeId: id })
      const client = await openShop(db, secret, { accountId, storeId: id })
      try {
        // The shop is asked outside of a transaction; what was done there is noted whatever becomes of it here.
        const restored = await restoreTerms(db, client, { ...body, now: now() })
        const { couponId, title, left } = restored
        const entry = {
          action: 'terms.restored',
          subject: `coupon:${couponId}`,
          data: { storeId: id, discount: title },
        }
        return await audited(
          deps,
          caller,
          async () => ({ left }),
          () => entry,
        )
      } catch (error) {
        throw explainFailure(error, store.name)
      }
    },
  })
}
