import { type UserError, userError } from '../errors/user-error.ts'
import { idOf } from '../gid.ts'
import { nowSeconds, type Shop } from '../shop/shop.ts'
import type { Subscription } from '../shop/subscription.ts'
import { validateSubscription } from './validate-subscription.ts'

export interface SubscriptionInput {
  uri?: string | null
  callbackUrl?: string | null
  format?: 'JSON' | 'XML' | null
  filter?: string | null
  includeFields?: string[] | null
  metafieldNamespaces?: string[] | null
  metafields?: { namespace?: string | null; key: string }[] | null
  name?: string | null
}

export type SubscriptionResult =
  | { subscription: Subscription; errors: [] }
  | { subscription: null; errors: UserError[] }

export function createSubscription(shop: Shop, topic: string, input: SubscriptionInput): SubscriptionResult {
  const now = nowSeconds(shop)
  const blank: Subscription = {
    id: 0,
    topic,
    uri: '',
    format: 'JSON',
    filter: null,
    includeFields: [],
    metafieldNamespaces: [],
    metafields: [],
    name: null,
    createdAt: now,
    updatedAt: now,
  }
  const draft = merge(blank, input)
  const errors = validateSubscription(shop, draft)
  if (errors.length > 0) return { subscription: null, errors }
  const subscription = { ...draft, id: shop.ids.next('WebhookSubscription') }
  shop.subscriptions.set(subscription.id, subscription)
  return { subscription, errors: [] }
}

/** Fields left out keep their value. */
export function updateSubscription(shop: Shop, gid: string, input: SubscriptionInput): SubscriptionResult {
  const existing = findSubscription(shop, gid)
  if (!existing) return { subscription: null, errors: [userError(['id'], null, 'Webhook subscription does not exist')] }
  const draft = { ...merge(existing, input), updatedAt: nowSeconds(shop) }
  const errors = validateSubscription(shop, draft)
  if (errors.length > 0) return { subscription: null, errors }
  shop.subscriptions.set(draft.id, draft)
  return { subscription: draft, errors: [] }
}

export function deleteSubscription(shop: Shop, gid: string): UserError[] {
  const existing = findSubscription(shop, gid)
  if (!existing) return [userError(['id'], null, 'Webhook subscription does not exist')]
  shop.subscriptions.delete(existing.id)
  return []
}

export function findSubscription(shop: Shop, gid: string): Subscription | undefined {
  return shop.subscriptions.get(idOf(gid, 'WebhookSubscription') ?? Number.NaN)
}

function merge(present: Subscription, input: SubscriptionInput): Subscription {
  return {
    ...present,
    uri: input.uri ?? input.callbackUrl ?? present.uri,
    format: input.format ?? present.format,
    filter: input.filter === undefined ? present.filter : input.filter,
    includeFields: input.includeFields ?? present.includeFields,
    metafieldNamespaces: input.metafieldNamespaces ?? present.metafieldNamespaces,
    metafields:
      input.metafields?.map(({ namespace, key }) => ({ namespace: namespace ?? '', key })) ?? present.metafields,
    name: input.name === undefined ? present.name : input.name,
  }
}
