/** A token of the Admin API. `expiresAt` null never ends; times are milliseconds. */
export interface AccessToken {
  token: string
  scopes: string[]
  expiresAt: number | null
  refreshToken: string | null
  refreshExpiresAt: number | null
}

/** An authorization code that waits to be exchanged. */
interface Grant {
  code: string
  scopes: string[]
  expiresAt: number
}

/** The one app that is known to the shop. All tokens share its points and its webhook secret. */
export interface App {
  id: number
  title: string
  clientId: string
  clientSecret: string
  scopes: string[]
  installed: boolean
  tokens: Map<string, AccessToken>
  grants: Map<string, Grant>
  /** Addresses of the topics that an app declares in its own settings: compliance topics and app/uninstalled. */
  declaredWebhooks: Map<string, string>
}

/** Scopes that the app asks for unless it is told otherwise. */
export const DEFAULT_SCOPES: readonly string[] = [
  'write_discounts',
  'read_orders',
  'read_all_orders',
  'write_orders',
  'read_customers',
  'write_customers',
  'read_products',
]

/** A write scope holds the read scope of the same name. Source: Shopify documentation, API access scopes. */
export function holdsScope(granted: readonly string[], needed: string): boolean {
  return granted.includes(needed) || (needed.startsWith('read_') && granted.includes(`write_${needed.slice(5)}`))
}
