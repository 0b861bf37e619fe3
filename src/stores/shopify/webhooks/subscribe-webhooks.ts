import type { ShopifyClient } from '../client/client.ts'
import { CreateWebhook, ListWebhooks, type ListWebhooksQuery, MoveWebhook } from '../generated/webhooks.ts'
import { topicsFor } from './topics.ts'

/** Where Shopify sends its webhooks to. */
export const WEBHOOK_PATH = '/webhooks/shopify'

export type Subscribed = {
  created: string[]
  moved: string[]
  /** Topics that are not subscribed to in the end. */
  missing: string[]
  /** Shopify's words for the first one that it refused. */
  error: string | null
}

type Subscription = ListWebhooksQuery['webhookSubscriptions']['nodes'][number]

/**
 * Makes the shop's subscriptions what they should be: creates what is missing, and moves what still names an address that this
 * installation had before. Safe to repeat and to race. Subscriptions of other apps are not seen. Throws `ShopifyError`.
 */
export async function subscribeWebhooks(
  client: ShopifyClient,
  publicUrl: string,
  scopes: readonly string[],
  signal?: AbortSignal,
): Promise<Subscribed> {
  const uri = `${publicUrl.replace(/\/+$/, '')}${WEBHOOK_PATH}`
  const options = { priority: 'background' as const, signal }
  const present = await listAll(client, signal)
  const result: Subscribed = { created: [], moved: [], missing: [], error: null }
  for (const { topic, name } of topicsFor(scopes)) {
    const own = present.filter((one) => one.topic === name)
    if (own.some((one) => one.uri === uri)) continue
    const old = own.find((one) => one.uri.endsWith(WEBHOOK_PATH))
    const reply = old
      ? (await client.request(MoveWebhook, { id: old.id, uri }, options)).webhookSubscriptionUpdate
      : (await client.request(CreateWebhook, { topic: name, uri }, options)).webhookSubscriptionCreate
    const refused = (reply?.userErrors ?? []).filter((one) => !isTaken(one.message))
    if (refused.length === 0) {
      result[old ? 'moved' : 'created'].push(topic)
    } else {
      result.missing.push(topic)
      result.error ??= refused.map((one) => one.message).join(' ')
    }
  }
  return result
}

/** Another process has just made the same. Source: recorded refusals, shopify.md section 6. */
function isTaken(message: string): boolean {
  return /already been taken/i.test(message)
}

async function listAll(client: ShopifyClient, signal: AbortSignal | undefined): Promise<Subscription[]> {
  const all: Subscription[] = []
  let after: string | null = null
  do {
    const page: ListWebhooksQuery = await client.request(ListWebhooks, { after }, { priority: 'background', signal })
    const { nodes, pageInfo } = page.webhookSubscriptions
    all.push(...nodes)
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null
  } while (after)
  return all
}
