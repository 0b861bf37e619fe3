import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { type Clock, createClock } from './clock.ts'
import { ImportWorker } from './discounts/import-worker.ts'
import { FaultList } from './faults/fault.ts'
import { AdminApi } from './graphql/admin-api.ts'
import { createRandom, randomHex } from './random.ts'
import { createServer } from './server.ts'
import type { PlanName, Settings } from './shop/settings.ts'
import { createShop, type Shop } from './shop/shop.ts'
import { stockShop } from './shop/stock.ts'
import { loadState } from './state/load-state.ts'
import { saveState } from './state/save-state.ts'
import { WebhookSender } from './webhooks/sender.ts'

export interface EmulatorOptions {
  /** 0 takes a free port. */
  port?: number
  host?: string
  plan?: PlanName
  settings?: Partial<Settings>
  /** Codes that bulk creations import a second; 0 is without limit. */
  codesPerSecond?: number
  /** Makes tokens, webhook ids and faults the same in every run. */
  seed?: number
  /** Where the shop is kept between runs; without it everything is gone at the end. */
  stateFile?: string
  /** The clock's first time in milliseconds; now when left out. */
  startAt?: number
  /** False opens an empty shop without the demo's products. */
  stocked?: boolean
  shopDomain?: string
  /** A fixed token, so that a client can be configured before the start. */
  adminToken?: string
}

export interface Emulator extends AsyncDisposable {
  /** Storefront, and base of the Admin API ("http://127.0.0.1:4322"). */
  url: string
  adminToken: string
  clientId: string
  clientSecret: string
  shopDomain: string
  clock: Clock
  /** The shop itself, for tests that look behind the API or fill it. */
  shop: Shop
  faults: FaultList
  worker: ImportWorker
  close(): Promise<void>
}

/** Opens a shop and serves it over HTTP until it is closed. With a state file the shop is read from it first and written to it last. */
export async function openEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const random = createRandom(options.seed)
  const secret = options.seed === undefined ? randomBytes(16).toString('hex') : randomHex(random, 32)
  const adminToken = options.adminToken ?? `shpat_${secret}`
  const clock = createClock(options.startAt)
  const shop = createShop({
    clock,
    random,
    domain: options.shopDomain ?? 'local-shop.myshopify.com',
    name: 'Local Shop',
    adminToken,
    settings: {
      ...options.settings,
      ...(options.plan ? { plan: options.plan } : {}),
      ...(options.codesPerSecond === undefined ? {} : { codesPerSecond: options.codesPerSecond }),
    },
  })
  const known = options.stateFile ? await loadState(shop, options.stateFile) : false
  if (!known && options.stocked !== false) stockShop(shop)
  const { tokens } = shop.app
  if (tokens.size === 0 || (options.adminToken && !tokens.has(options.adminToken))) {
    tokens.set(adminToken, {
      token: adminToken,
      scopes: [...shop.app.scopes],
      expiresAt: null,
      refreshToken: null,
      refreshExpiresAt: null,
    })
  }
  return serve(shop, adminToken, options)
}

async function serve(shop: Shop, fallbackToken: string, options: EmulatorOptions): Promise<Emulator> {
  const sender = new WebhookSender(shop)
  shop.emit = (topic, subject, eventId) => sender.emit(topic, subject, eventId)
  const worker = new ImportWorker(shop)
  for (const creation of shop.creations.values()) if (!creation.done) worker.enqueue(creation)
  const faults = new FaultList(shop.random)
  const api = new AdminApi(shop, worker)
  const server = createServer({ shop, api, worker, faults, sender })
  shop.url = await listen(server, options)
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    worker.stop()
    closing ??= stop(server, shop, sender, options.stateFile)
    return closing
  }
  return {
    url: shop.url,
    adminToken: shop.app.tokens.has(fallbackToken) ? fallbackToken : ([...shop.app.tokens.keys()][0] ?? fallbackToken),
    clientId: shop.app.clientId,
    clientSecret: shop.app.clientSecret,
    shopDomain: shop.domain,
    clock: shop.clock,
    shop,
    faults,
    worker,
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function listen(server: FastifyInstance, options: EmulatorOptions): Promise<string> {
  const host = options.host ?? '127.0.0.1'
  await server.listen({ port: options.port ?? 0, host })
  const address = server.server.address()
  const port = typeof address === 'object' && address ? address.port : options.port
  return `http://${host === '0.0.0.0' || host === '::' ? 'localhost' : host}:${port}`
}

async function stop(
  server: FastifyInstance,
  shop: Shop,
  sender: WebhookSender,
  stateFile: string | undefined,
): Promise<void> {
  sender.close()
  shop.clock.stop()
  server.server.closeAllConnections()
  await server.close()
  if (stateFile) await saveState(shop, stateFile)
}
