import { idParams } from '../../../contract/common.ts'
import {
  type ConnectedShop,
  catalogItems,
  connectedShop,
  connectShopBody,
  searchCatalogQuery,
  shop,
  shopList,
} from '../../../contract/shopify.ts'
import { AppError } from '../../errors.ts'
import { nameCatalogItems, searchCatalog } from '../../stores/shopify/catalog/search-catalog.ts'
import { checkShop } from '../../stores/shopify/connect/check-shop.ts'
import { type ConnectInput, connectShop } from '../../stores/shopify/connect/connect-shop.ts'
import { readDemoKeys } from '../../stores/shopify/connect/demo-shop.ts'
import { disconnectShop } from '../../stores/shopify/connect/disconnect-shop.ts'
import { explainFailure } from '../../stores/shopify/connect/explain-failure.ts'
import { listShops, requireShop, requireShopRow } from '../../stores/shopify/connect/find-shop.ts'
import { openShop } from '../../stores/shopify/connect/open-shop.ts'
import { requestReconcile } from '../../stores/shopify/reconcile/request-reconcile.ts'
import { unblockSync } from '../../stores/shopify/sync/describe-sync.ts'
import type { ShopIdKind } from '../../stores/shopify/terms/shop-ids.ts'
import { audited } from '../audited.ts'
import { limitFailures } from '../limits.ts'
import type { ApiApp, ApiDeps, Caller } from '../route.ts'

/** Connections that may fail in a minute: each asks a server that the caller names. */
const FAILED_CONNECTIONS_PER_MINUTE = 20

export function registerShopifyRoutes(app: ApiApp, deps: ApiDeps): void {
  registerConnecting(app, deps)
  registerShops(app, deps)
  registerCatalog(app, deps)
}

function registerConnecting(app: ApiApp, deps: ApiDeps): void {
  const failures = limitFailures(app, {
    max: FAILED_CONNECTIONS_PER_MINUTE,
    what: 'failed connections to shops',
    by: (request) => request.caller.actor,
  })
  app.route({
    method: 'POST',
    url: '/v1/stores/shopify',
    config: { scope: 'account:write' },
    preHandler: failures.check,
    schema: {
      summary:
        'Connect a Shopify shop by an access token or by client credentials; the same shop again keeps its store',
      tags: ['stores'],
      body: connectShopBody,
      response: { 201: connectedShop },
    },
    handler: async (request, reply) => {
      const { body } = request
      const access: ConnectInput['access'] =
        body.method === 'token'
          ? { auth: 'token', accessToken: body.accessToken, clientSecret: body.apiSecret }
          : { auth: 'client_credentials', clientId: body.clientId, clientSecret: body.clientSecret }
      try {
        return await reply
          .code(201)
          .send(await connect(deps, request.caller, { domain: body.domain, name: body.name, access }))
      } catch (error) {
        if (error instanceof AppError) await failures.count(request)
        throw error
      }
    },
  })
  app.route({
    method: 'POST',
    url: '/v1/stores/demo',
    config: { scope: 'account:write' },
    schema: {
      summary: 'Connect the demo store that runs beside this server',
      tags: ['stores'],
      response: { 201: connectedShop },
    },
    handler: async ({ caller }, reply) => {
      const { demo } = deps
      if (!demo) throw new AppError('not_found', 'No demo store runs beside this server. `npm start` starts one.')
      const keys = await readDemoKeys(demo).catch((error: unknown) => {
        throw explainFailure(error, demo.domain)
      })
      const access = { auth: 'client_credentials' as const, ...keys }
      return reply.code(201).send(await connect(deps, caller, { domain: demo.domain, name: undefined, access }))
    },
  })
}

async function connect(
  deps: ApiDeps,
  caller: Pick<Caller, 'accountId' | 'actor'>,
  input: Pick<ConnectInput, 'domain' | 'name' | 'access'>,
): Promise<ConnectedShop> {
  const { db, secret, addressOf, now } = deps
  const { accountId, actor } = caller
  const made = await connectShop(db, secret, { ...input, accountId, actor, addressOf, now: now() })
  await goOn(deps, { accountId, storeId: made.store.id })
  return { ...made, shop: await requireShop(db, { accountId, storeId: made.store.id }) }
}

/** What waited for a shop goes on at once: its codes, its webhook subscriptions, the comparison with its orders. */
export async function goOn(
  { db, now, wakeWorker }: Pick<ApiDeps, 'db' | 'now' | 'wakeWorker'>,
  store: { accountId: string; storeId: string },
): Promise<void> {
  await unblockSync(db, store)
  await requestReconcile(db, { ...store, now: now(), withWebhooks: true })
  for (const queue of ['sync-store', 'reconcile-store'] as const) {
    await wakeWorker(queue, { accountId: store.accountId, id: store.storeId })
  }
}

function registerShops(app: ApiApp, deps: ApiDeps): void {
  const { db, secret, now } = deps
  app.route({
    method: 'GET',
    url: '/v1/stores/shopify',
    config: { scope: 'account:read' },
    schema: { summary: 'The Shopify shops, and the demo store', tags: ['stores'], response: { 200: shopList } },
    handler: async ({ caller }) => ({ items: await listShops(db, caller.accountId), demo: deps.demo ?? null }),
  })
  app.route({
    method: 'GET',
    url: '/v1/stores/:id/shop',
    config: { scope: 'account:read' },
    schema: { summary: 'The Shopify shop of a store', tags: ['stores'], params: idParams, response: { 200: shop } },
    handler: ({ caller, params }) => requireShop(db, { accountId: caller.accountId, storeId: params.id }),
  })
  app.route({
    method: 'POST',
    url: '/v1/stores/:id/shop/check',
    config: { scope: 'account:write' },
    schema: {
      summary: 'Read the facts of the shop and compare with it now; brings back one that was refused for a while',
      tags: ['stores'],
      params: idParams,
      response: { 200: shop },
    },
    handler: async ({ caller, params }) => {
      const key = { accountId: caller.accountId, storeId: params.id }
      const checked = await checkShop(db, secret, { ...key, now: now() })
      await goOn(deps, key)
      return checked
    },
  })
  app.route({
    method: 'POST',
    url: '/v1/stores/:id/shop/disconnect',
    config: { scope: 'account:write' },
    schema: {
      summary: 'Disconnect the shop and forget its credentials; coupons, codes and history stay',
      tags: ['stores'],
      params: idParams,
      response: { 200: shop },
    },
    handler: async ({ caller, params }) => {
      const key = { accountId: caller.accountId, storeId: params.id }
      await audited(
        deps,
        caller,
        (trx) => disconnectShop(trx, key),
        ({ domain }) => ({ action: 'store.disconnected', subject: `store:${params.id}`, data: { domain } }),
      )
      return requireShop(db, key)
    },
  })
}

function registerCatalog(app: ApiApp, deps: ApiDeps): void {
  const kinds: [string, ShopIdKind][] = [
    ['products', 'Product'],
    ['collections', 'Collection'],
  ]
  for (const [path, kind] of kinds) {
    app.route({
      method: 'GET',
      url: `/v1/stores/:id/shop/${path}`,
      config: { scope: 'coupons:read' },
      schema: {
        summary: `Search the shop's ${path} by title, or name those of some ids`,
        tags: ['stores'],
        params: idParams,
        querystring: searchCatalogQuery,
        response: { 200: catalogItems },
      },
      handler: async ({ caller, params, query }) => {
        const key = { accountId: caller.accountId, storeId: params.id }
        const { domain } = await requireShopRow(deps.db, key)
        try {
          const client = await openShop(deps.db, deps.secret, key)
          if (query.ids === undefined) return await searchCatalog(client, kind, query.search)
          return await nameCatalogItems(client, kind, query.ids.split(',').filter(Boolean))
        } catch (error) {
          throw explainFailure(error, domain)
        }
      },
    })
  }
}
