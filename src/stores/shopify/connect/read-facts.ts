import type { ShopifyClient } from '../client/client.ts'
import { ShopifyError } from '../client/shopify-error.ts'
import { ReadShop, ReadSomeCustomers } from '../generated/shop.ts'

/** What the shop says of itself and of our rights. */
export type ShopFacts = {
  domain: string
  name: string
  url: string
  currency: string
  timeZone: string
  plan: string
  sellsSubscriptions: boolean
  scopes: string[]
  /** Whether orders and customers come with names and addresses. */
  seesCustomers: boolean
}

type Asker = Pick<ShopifyClient, 'request'>

/** Throws `ShopifyError`. */
export async function readFacts(client: Asker, signal?: AbortSignal): Promise<ShopFacts> {
  const { shop, currentAppInstallation } = await client.request(ReadShop, {}, { priority: 'interactive', signal })
  const plan = shop.plan.publicDisplayName
  return {
    domain: shop.myshopifyDomain.toLowerCase(),
    name: shop.name,
    url: shop.url,
    currency: shop.currencyCode,
    timeZone: shop.ianaTimezone,
    plan,
    sellsSubscriptions: shop.features.sellsSubscriptions,
    scopes: currentAppInstallation.accessScopes.map((scope) => scope.handle).sort(),
    seesCustomers: await canSeeCustomers(client, plan, signal),
  }
}

/**
 * Looks at some customers: Shopify hides names and addresses from custom apps of shops on the Basic plan and from apps that
 * were not approved for them. In a shop without customers the plan decides.
 */
async function canSeeCustomers(client: Asker, plan: string, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    const { customers } = await client.request(ReadSomeCustomers, {}, { priority: 'interactive', signal })
    if (customers.nodes.length === 0) return plan !== 'Basic'
    return customers.nodes.some(({ displayName, defaultEmailAddress }) => displayName !== '' || defaultEmailAddress)
  } catch (error) {
    if (error instanceof ShopifyError && (error.kind === 'access_denied' || error.kind === 'refused')) return false
    throw error
  }
}
