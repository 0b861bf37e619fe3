import { z } from 'zod'
import { ShopifyError } from '../client/shopify-error.ts'

/** A person or a worker waits for the answer. */
const TIMEOUT_MS = 15_000

const tokenShape = z.object({
  access_token: z.string().min(1),
  scope: z.string().default(''),
  expires_in: z.number().positive().optional(),
  refresh_token: z.string().min(1).optional(),
})

export type Token = { accessToken: string; refreshToken: string | null; expiresAt: Date | null }

/** The app that asks: its client id and secret. */
export type AppKeys = { clientId: string; clientSecret: string }

export type Grant =
  | { grant_type: 'client_credentials' }
  | { grant_type: 'refresh_token'; refresh_token: string }
  | { code: string; expiring: '1' }

/**
 * Exchanges what the app has for an access token.
 *
 * Throws `ShopifyError`: `unauthorized` when Shopify refuses the app or what it gave (400, 401, 403), `unavailable` when nothing
 * readable came back. The same grant may be sent again, but for a refresh token and an authorization code, which count once.
 */
export async function requestToken(shop: { baseUrl: string }, keys: AppKeys, grant: Grant, now: Date): Promise<Token> {
  const { status, text } = await post(shop.baseUrl, keys, grant)
  if (status === 400 || status === 401 || status === 403) {
    throw new ShopifyError('unauthorized', `Shopify does not accept the app's credentials (HTTP ${status}).`)
  }
  const reply = status === 200 ? tokenShape.safeParse(parseJson(text)) : undefined
  if (!reply?.success) throw new ShopifyError('unavailable', `Shopify gave no access token (HTTP ${status}).`)
  const { access_token, expires_in, refresh_token } = reply.data
  return {
    accessToken: access_token,
    refreshToken: refresh_token ?? null,
    expiresAt: expires_in === undefined ? null : new Date(now.getTime() + expires_in * 1000),
  }
}

async function post(baseUrl: string, keys: AppKeys, grant: Grant): Promise<{ status: number; text: string }> {
  try {
    const response = await fetch(`${baseUrl}/admin/oauth/access_token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ client_id: keys.clientId, client_secret: keys.clientSecret, ...grant }),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    return { status: response.status, text: await response.text() }
  } catch (cause) {
    throw new ShopifyError('unavailable', `The shop at ${baseUrl} did not answer.`, { cause })
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
