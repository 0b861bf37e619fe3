import { z } from 'zod'
import { receiveWebhook, WEBHOOK_BYTES } from '../../stores/shopify/webhooks/receive-webhook.ts'
import { WEBHOOK_PATH } from '../../stores/shopify/webhooks/subscribe-webhooks.ts'
import { limitFailures } from '../limits.ts'
import type { ApiApp, ApiDeps } from '../route.ts'

/** Deliveries a minute from one address. Who sends more is told to wait; Shopify sends again. */
const DELIVERIES_PER_MINUTE = 12_000
/** Deliveries a minute in the name of one shop, from one address, that nobody could check. */
const UNCHECKED_PER_MINUTE = 300

const headers = z.object({
  'x-shopify-shop-domain': z.string().optional(),
  'x-shopify-hmac-sha256': z.string().optional(),
  'x-shopify-topic': z.string().optional(),
  'x-shopify-webhook-id': z.string().optional(),
  'x-shopify-triggered-at': z.string().optional(),
})

/** Where Shopify sends its webhooks to. The body stays as it came: the signature is over its bytes. */
export function registerShopifyWebhookRoutes(app: ApiApp, deps: ApiDeps): void {
  app.register(async (scope: ApiApp) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    addRoute(scope, deps)
  })
}

function addRoute(app: ApiApp, { db, now, secret }: ApiDeps): void {
  const unchecked = limitFailures(app, {
    max: UNCHECKED_PER_MINUTE,
    what: 'deliveries that could not be checked',
    by: (request) => `${request.ip} ${String(request.headers['x-shopify-shop-domain'])}`,
  })
  app.route({
    method: 'POST',
    url: WEBHOOK_PATH,
    bodyLimit: WEBHOOK_BYTES,
    config: {
      scope: 'public',
      quiet: true,
      rateLimit: {
        max: DELIVERIES_PER_MINUTE,
        keyGenerator: (request) => `webhook ${request.ip}`,
      },
    },
    schema: { headers, hide: true },
    preHandler: (request) => unchecked.check(request),
    handler: async (request, reply) => {
      const given = request.headers
      try {
        await receiveWebhook(db, secret, {
          domain: given['x-shopify-shop-domain'],
          signature: given['x-shopify-hmac-sha256'],
          topic: given['x-shopify-topic'],
          webhookId: given['x-shopify-webhook-id'],
          triggeredAt: given['x-shopify-triggered-at'],
          raw: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
          now: now(),
        })
      } catch (error) {
        if ((error as { code?: unknown }).code === 'invalid_webhook') await unchecked.count(request)
        throw error
      }
      return await reply.code(200).send()
    },
  })
}
