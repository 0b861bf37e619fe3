import type { CreateWebhookMutationVariables } from '../generated/webhooks.ts'

type TopicName = CreateWebhookMutationVariables['topic']

/** A topic as deliveries name it, as the API names it, and the scope that subscribing needs. */
type Topic = { topic: string; name: TopicName; scope: string | null }

/**
 * What we subscribe to. Topics of compliance cannot be subscribed to, the merchant names
 * our address for them in the app's settings. Source: Shopify, WebhookSubscriptionTopic, "Requires" of each.
 */
export const TOPICS: readonly Topic[] = [
  { topic: 'orders/create', name: 'ORDERS_CREATE', scope: 'read_orders' },
  { topic: 'orders/paid', name: 'ORDERS_PAID', scope: 'read_orders' },
  { topic: 'orders/updated', name: 'ORDERS_UPDATED', scope: 'read_orders' },
  { topic: 'orders/cancelled', name: 'ORDERS_CANCELLED', scope: 'read_orders' },
  { topic: 'refunds/create', name: 'REFUNDS_CREATE', scope: 'read_orders' },
  { topic: 'checkouts/create', name: 'CHECKOUTS_CREATE', scope: 'read_orders' },
  { topic: 'checkouts/update', name: 'CHECKOUTS_UPDATE', scope: 'read_orders' },
  { topic: 'customers/create', name: 'CUSTOMERS_CREATE', scope: 'read_customers' },
  { topic: 'customers/update', name: 'CUSTOMERS_UPDATE', scope: 'read_customers' },
  {
    topic: 'customers_email_marketing_consent/update',
    name: 'CUSTOMERS_EMAIL_MARKETING_CONSENT_UPDATE',
    scope: 'read_customers',
  },
  { topic: 'customers/delete', name: 'CUSTOMERS_DELETE', scope: 'read_customers' },
  { topic: 'discounts/update', name: 'DISCOUNTS_UPDATE', scope: 'read_discounts' },
  { topic: 'discounts/delete', name: 'DISCOUNTS_DELETE', scope: 'read_discounts' },
  { topic: 'discounts/redeemcode_removed', name: 'DISCOUNTS_REDEEMCODE_REMOVED', scope: 'read_discounts' },
  { topic: 'app/uninstalled', name: 'APP_UNINSTALLED', scope: null },
  { topic: 'app/scopes_update', name: 'APP_SCOPES_UPDATE', scope: null },
]

/** The topics that an app with these scopes may subscribe to. A write scope holds the read scope of the same name. */
export function topicsFor(scopes: readonly string[]): Topic[] {
  const held = new Set(scopes.flatMap((scope) => [scope, scope.replace(/^write_/, 'read_')]))
  return TOPICS.filter(({ scope }) => scope === null || held.has(scope))
}
