import { z } from 'zod'
import { id, moment, name } from './common.ts'
import { store } from './coupons.ts'

/** `name.myshopify.com`; typed with https:// or without its end, it is put right. */
export const shopDomain = z
  .string()
  .trim()
  .max(200)
  .overwrite((text) => {
    const host = text
      .toLowerCase()
      .replace(/^https?:\/\//, '')
      .replace(/[/?#].*$/, '')
    return host.includes('.') || host === '' ? host : `${host}.myshopify.com`
  })
  .regex(/^[a-z0-9][a-z0-9-]*\.myshopify\.com$/, 'Write the shop’s own address: name.myshopify.com')

const secretText = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .regex(/^[\x21-\x7e]+$/, 'A key or token holds no blanks and no special letters')

const app = { domain: shopDomain, clientId: secretText, clientSecret: secretText, name: name.optional() }

/** Connecting the same shop again keeps its store: coupons, codes and history stay. */
export const connectShopBody = z.discriminatedUnion('method', [
  z.object({
    method: z.literal('token'),
    domain: shopDomain,
    /** Admin API access token, `shpat_…`. */
    accessToken: secretText,
    /** The app's API secret key. Without it no webhook can be checked, and orders are only seen by reconciliation. */
    apiSecret: secretText.nullable().default(null),
    name: name.optional(),
  }),
  /** An app of the Dev Dashboard in the shop's own organisation. */
  z.object({ method: z.literal('client_credentials'), ...app }),
])
export type ConnectShop = z.input<typeof connectShopBody>

/** The way of apps that a merchant installs: open `authorizeUrl` in the same browser within ten minutes. */
export const beginInstallationBody = z.object(app)
export type BeginInstallation = z.input<typeof beginInstallationBody>
export const beginInstallationReply = z.object({ authorizeUrl: z.string(), expiresAt: moment })

const shopState = z.enum(['connected', 'unauthorized', 'uninstalled', 'disconnected'])

export const shop = z.object({
  storeId: id,
  domain: z.string(),
  /** The shop's admin, for people. */
  adminUrl: z.string(),
  state: shopState,
  /** Why it is not connected. */
  stateReason: z.string().nullable(),
  method: z.enum(['oauth', 'client_credentials', 'token']),
  scopes: z.array(z.string()),
  /** Scopes that the app was not given, and what does not work without them. */
  missingScopes: z.array(z.object({ scope: z.string(), without: z.string() })),
  plan: z.string().nullable(),
  /** False: the shop hides names and addresses of customers from the app. */
  seesCustomers: z.boolean(),
  /** False: no API secret key is known, webhooks cannot be checked. */
  checksWebhooks: z.boolean(),
  connectedAt: moment,
  /** When the facts above were last read from the shop. */
  factsReadAt: moment.nullable(),
  tokenExpiresAt: moment.nullable(),
})
export type Shop = z.infer<typeof shop>

export const connectedShop = z.object({ store, shop, isNew: z.boolean() })
export type ConnectedShop = z.infer<typeof connectedShop>
export const shopList = z.object({
  items: z.array(shop),
  /** The demo store that runs beside this server; null where none does. */
  demo: z.object({ domain: z.string(), url: z.string() }).nullable(),
})
export type ShopList = z.infer<typeof shopList>

export const searchCatalogQuery = z.object({
  search: z.string().trim().max(100).default(''),
  /** Ids to be named instead of a search, with commas between: numbers or gids. */
  ids: z.string().max(20_000).optional(),
})
export const catalogItems = z.object({ items: z.array(z.object({ id: z.string(), title: z.string() })) })
export type CatalogItems = z.infer<typeof catalogItems>

/** How codes go into a Shopify store. */
export const shopSync = z.object({
  /** waiting: the shop could not be used, it is tried again at `waitsUntil`. The last three: until the shop is connected again. */
  state: z.enum(['idle', 'working', 'waiting', 'unauthorized', 'uninstalled', 'disconnected']),
  /** Why nothing moves and what to do; null where it moves. */
  problem: z.string().nullable(),
  problemAt: moment.nullable(),
  waitsUntil: moment.nullable(),
  /** In the order in which they get codes. */
  jobs: z.array(
    z.object({
      id,
      couponId: id,
      couponName: z.string(),
      /** ahead: the stock of the next bucket of a coupon whose codes end some time after they were given. */
      kind: z.enum(['generate', 'upload', 'ahead']),
      wanted: z.number().int(),
      done: z.number().int(),
      readyAt: moment.nullable(),
    }),
  ),
  codesPerSecond: z.number().nullable(),
  codesLeft: z.number().int(),
  /** Codes that were revoked and that the shop may still have. */
  revokedLeft: z.number().int(),
  readyAt: moment.nullable(),
  /** Calls under way, and how many may be. */
  creations: z.number().int(),
  window: z.number().int(),
  /** Points of Shopify's rate limit; null before the first call. */
  points: z.object({ available: z.number(), most: z.number(), perSecond: z.number() }).nullable(),
  use: z.object({
    /** Codes that Onecode has in the shop, or will have when all jobs are done. */
    ours: z.number().int(),
    /** All codes of the shop, as it said itself; null before it was asked. */
    shopCodes: z.number().int().nullable(),
    limit: z.number().int(),
  }),
})
export type ShopSync = z.infer<typeof shopSync>

/** A discount in a shop: the codes of one version of a coupon's terms, of one bucket where they end after they were given. */
export const couponDiscount = z.object({
  poolId: id,
  version: z.number().int(),
  title: z.string(),
  state: z.enum(['written', 'live', 'withdrawn', 'removed', 'gone']),
  endsAt: moment.nullable(),
  /** Its page in the shop's own admin; null before it exists there. */
  adminUrl: z.string().nullable(),
})
export type CouponDiscount = z.infer<typeof couponDiscount>
