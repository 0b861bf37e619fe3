import { z } from 'zod'
import { ShopifyError } from '../client/shopify-error.ts'
import type { AppKeys } from './token.ts'

/** The local Shopify that runs beside this server. */
export type DemoShop = {
  /** Its storefront, admin and API: `http://127.0.0.1:4322`. */
  url: string
  domain: string
}

const TIMEOUT_MS = 5000
const shape = z.object({ app: z.object({ clientId: z.string(), clientSecret: z.string() }) })

/** The credentials of the demo store's app, which it tells anybody on this machine. Throws `ShopifyError`. */
export async function readDemoKeys(demo: DemoShop): Promise<AppKeys> {
  try {
    const response = await fetch(`${demo.url}/_emulator`, {
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'error',
    })
    return shape.parse(await response.json()).app
  } catch (cause) {
    throw new ShopifyError('unavailable', `The demo store at ${demo.url} did not answer.`, { cause })
  }
}

/**
 * Where the shop of a domain answers: at Shopify, except for the demo store and where the operator set another address for all.
 *
 * The only place that decides it; no request has a say.
 */
export function addressesOf(options: { shopifyBaseUrl: string | undefined; demo: DemoShop | undefined }) {
  const { shopifyBaseUrl, demo } = options
  return (domain: string): string => {
    if (demo && domain === demo.domain) return demo.url
    return shopifyBaseUrl ?? `https://${domain}`
  }
}
