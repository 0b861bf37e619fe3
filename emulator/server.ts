import Fastify, { type FastifyInstance } from 'fastify'
import { registerAdmin } from './admin/routes.ts'
import type { ImportWorker } from './discounts/import-worker.ts'
import { registerBuyers } from './faults/buyer-routes.ts'
import { registerControl } from './faults/control-routes.ts'
import type { FaultList } from './faults/fault.ts'
import type { AdminApi } from './graphql/admin-api.ts'
import { registerAdminApi } from './graphql/admin-api-routes.ts'
import { registerOauth } from './oauth/routes.ts'
import type { Shop } from './shop/shop.ts'
import { registerStorefront } from './storefront/routes.ts'
import type { WebhookSender } from './webhooks/sender.ts'

export interface ServerParts {
  shop: Shop
  api: AdminApi
  worker: ImportWorker
  faults: FaultList
  sender: WebhookSender
}

/** Longest body of a request. A bulk add of 250 codes of 255 characters is about 70 kB. */
const BODY_BYTES = 8 * 1024 * 1024

/** The HTTP side of the emulator: every surface of the shop on one port. */
export function createServer(parts: ServerParts): FastifyInstance {
  const server = Fastify({ bodyLimit: BODY_BYTES, forceCloseConnections: true, logger: false })
  server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(String(body))))
  })
  registerAdminApi(server, parts)
  registerOauth(server, parts.shop)
  registerControl(server, parts)
  registerBuyers(server, parts.shop)
  registerStorefront(server, parts.shop)
  registerAdmin(server, parts)
  return server
}
