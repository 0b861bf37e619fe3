import { createHmac } from 'node:crypto'
import { randomHex } from '../random.ts'
import type { AccessToken } from '../shop/app.ts'
import type { Shop } from '../shop/shop.ts'

/** Life of a client-credentials token. Source: Shopify, "Client credentials grant" (24 hours). */
export const CLIENT_CREDENTIALS_SECONDS = 86_399

/** Life of an expiring offline token and of its refresh token. UNCERTAIN: Shopify names no figure that is stable. */
export const EXPIRING_SECONDS = 3600
export const REFRESH_SECONDS = 90 * 24 * 3600

/** Makes a token; without `expiresInSeconds` it never ends. */
export function issueToken(
  shop: Shop,
  scopes: readonly string[],
  expiresInSeconds: number | null,
  withRefresh: boolean,
): AccessToken {
  const now = shop.clock.now()
  const token: AccessToken = {
    token: `shpat_${randomHex(shop.random, 32)}`,
    scopes: [...scopes],
    expiresAt: expiresInSeconds === null ? null : now + expiresInSeconds * 1000,
    refreshToken: withRefresh ? `shprt_${randomHex(shop.random, 32)}` : null,
    refreshExpiresAt: withRefresh ? now + REFRESH_SECONDS * 1000 : null,
  }
  shop.app.tokens.set(token.token, token)
  shop.app.installed = true
  return token
}

/** The `hmac` of a redirect: hex HMAC-SHA256 over the other parameters, sorted. Source: Shopify, authorization code grant. */
export function signParameters(parameters: Record<string, string>, secret: string): string {
  const message = Object.keys(parameters)
    .sort()
    .map((key) => `${key}=${parameters[key]}`)
    .join('&')
  return createHmac('sha256', secret).update(message).digest('hex')
}
