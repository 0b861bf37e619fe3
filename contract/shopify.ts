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
