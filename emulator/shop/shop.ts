import type { Clock } from '../clock.ts'
import { createIdLine, type IdLine } from '../gid.ts'
import { type Random, randomHex } from '../random.ts'
import { type App, DEFAULT_SCOPES } from './app.ts'
import type { BulkCreation } from './bulk-creation.ts'
import type { Cart } from './cart.ts'
import type { Collection, Market, Product, Segment, Variant } from './catalog.ts'
import type { Customer } from './customer.ts'
import type { Discount, RedeemCode } from './discount.ts'
import type { Order } from './order.ts'
import { DEFAULT_SETTINGS, type Settings } from './settings.ts'
import type { Delivery, Subscription } from './subscription.ts'

/** What happened in the shop, told to whoever delivers webhooks. `eventId` is shared by all messages of one action; left out, the message has its own. */
type Listener = (topic: string, subject: WebhookSubject, eventId?: string) => void

export type WebhookSubject =
  | { kind: 'order'; order: Order }
  | { kind: 'refund'; order: Order; refundId: number }
  | { kind: 'checkout'; cart: Cart }
  | { kind: 'customer' | 'email_consent'; customer: Customer }
  | { kind: 'discount'; discount: Discount; deleted: boolean }
  | { kind: 'redeem_code'; discount: Discount; id: number; code: string }
  | { kind: 'app' }
  | { kind: 'shop' }
  | { kind: 'compliance'; payload: Record<string, unknown> }

/** A use of a code that `asyncUsageCount` does not show yet. */
interface PendingUse {
  code: RedeemCode | null
  discount: Discount
  at: number
}

/** Everything that the emulator knows. Changed by use cases only; a server keeps exactly one. */
export interface Shop {
  clock: Clock
  random: Random
  ids: IdLine
  name: string
  domain: string
  /** Where this program answers, for links in pages and payloads ("http://127.0.0.1:4322"). */
  url: string
  settings: Settings
  app: App
  products: Map<number, Product>
  variants: Map<number, Variant>
  collections: Map<number, Collection>
  segments: Map<number, Segment>
  markets: Map<number, Market>
  customers: Map<number, Customer>
  orders: Map<number, Order>
  discounts: Map<number, Discount>
  /** By upper-case code, over the whole store. */
  codes: Map<string, RedeemCode>
  creations: Map<number, BulkCreation>
  jobs: Map<string, { done: boolean }>
  subscriptions: Map<number, Subscription>
  deliveries: Delivery[]
  carts: Map<string, Cart>
  /** Uses by `<code or discount id>|<customer e-mail>`. */
  usesByBuyer: Map<string, number>
  pendingUses: PendingUse[]
  nextOrderNumber: number
  emit: Listener
}

export interface ShopOptions {
  clock: Clock
  random: Random
  domain: string
  name: string
  settings?: Partial<Settings>
  adminToken: string
}

function createApp(options: ShopOptions): App {
  const token = {
    token: options.adminToken,
    scopes: [...DEFAULT_SCOPES],
    expiresAt: null,
    refreshToken: null,
    refreshExpiresAt: null,
  }
  return {
    id: 4_322_000_001,
    title: 'Onecode',
    clientId: randomHex(options.random, 32),
    clientSecret: `shpss_${randomHex(options.random, 32)}`,
    scopes: [...DEFAULT_SCOPES],
    installed: true,
    tokens: new Map([[options.adminToken, token]]),
    grants: new Map(),
    declaredWebhooks: new Map(),
  }
}

/** An empty shop: nothing is sold and no discount exists. */
export function createShop(options: ShopOptions): Shop {
  return {
    clock: options.clock,
    random: options.random,
    ids: createIdLine(),
    name: options.name,
    domain: options.domain,
    url: '',
    settings: { ...DEFAULT_SETTINGS, ...options.settings },
    app: createApp(options),
    products: new Map(),
    variants: new Map(),
    collections: new Map(),
    segments: new Map(),
    markets: new Map(),
    customers: new Map(),
    orders: new Map(),
    discounts: new Map(),
    codes: new Map(),
    creations: new Map(),
    jobs: new Map(),
    subscriptions: new Map(),
    deliveries: [],
    carts: new Map(),
    usesByBuyer: new Map(),
    pendingUses: [],
    nextOrderNumber: 1001,
    emit: () => {},
  }
}

/** The clock cut to whole seconds, as every time in the API is. */
export function nowSeconds(shop: Shop): number {
  return Math.floor(shop.clock.now() / 1000) * 1000
}

export function toIso(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d{3}Z$/, 'Z')
}
