import { createMatcher } from '../../search/match.ts'
import { parseQuery } from '../../search/parse-query.ts'
import type { Subscription } from '../../shop/subscription.ts'
import {
  createSubscription,
  deleteSubscription,
  findSubscription,
  type SubscriptionInput,
  type SubscriptionResult,
  updateSubscription,
} from '../../webhooks/save-subscription.ts'
import { type Connection, type PageArgs, pageOf } from '../connection.ts'
import type { Context } from '../context.ts'
import { viewSubscription } from '../views/webhook-view.ts'
import { requireId } from './discount-queries.ts'

type View = Record<string, unknown>

interface ListArgs extends PageArgs {
  query?: string | null
  topics?: string[] | null
  format?: string | null
  uri?: string | null
  callbackUrl?: string | null
  sortKey?: 'CREATED_AT' | 'ID' | null
}

const FIELDS = {
  fields: {
    id: (item: Subscription) => ({ number: item.id }),
    created_at: (item: Subscription) => ({ time: item.createdAt }),
    updated_at: (item: Subscription) => ({ time: item.updatedAt }),
  },
  text: (item: Subscription) => [item.uri, item.topic],
}

function listSubscriptions(args: ListArgs, { shop }: Context): Connection<View> {
  const matches = createMatcher(parseQuery(args.query ?? ''), FIELDS)
  const uri = args.uri ?? args.callbackUrl
  const found = [...shop.subscriptions.values()].filter(
    (item) =>
      matches(item) &&
      (!args.topics || args.topics.includes(item.topic)) &&
      (!args.format || item.format === args.format) &&
      (!uri || item.uri === uri),
  )
  const byTime = args.sortKey !== 'ID'
  return pageOf(found, args, (item) => ({ id: item.id, value: byTime ? item.createdAt : item.id }), viewSubscription)
}

function payload(result: SubscriptionResult): View {
  return {
    webhookSubscription: result.subscription && viewSubscription(result.subscription),
    userErrors: result.errors,
  }
}

export const webhookQueries = {
  webhookSubscription: ({ id }: { id: string }, { shop }: Context): View | null => {
    requireId(id, 'WebhookSubscription')
    const subscription = findSubscription(shop, id)
    return subscription ? viewSubscription(subscription) : null
  },
  webhookSubscriptions: listSubscriptions,
}

export const webhookMutations = {
  webhookSubscriptionCreate: (
    args: { topic: string; webhookSubscription: SubscriptionInput },
    { shop }: Context,
  ): View => payload(createSubscription(shop, args.topic, args.webhookSubscription)),
  webhookSubscriptionUpdate: (args: { id: string; webhookSubscription: SubscriptionInput }, { shop }: Context): View =>
    payload(updateSubscription(shop, args.id, args.webhookSubscription)),
  webhookSubscriptionDelete: ({ id }: { id: string }, { shop }: Context): View => {
    const userErrors = deleteSubscription(shop, id)
    return { deletedWebhookSubscriptionId: userErrors.length > 0 ? null : id, userErrors }
  },
}
