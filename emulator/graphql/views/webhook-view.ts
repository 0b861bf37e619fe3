import { toGid } from '../../gid.ts'
import { API_VERSION } from '../../shop/settings.ts'
import { toIso } from '../../shop/shop.ts'
import type { Subscription } from '../../shop/subscription.ts'

export function viewSubscription(subscription: Subscription): Record<string, unknown> {
  return {
    __typename: 'WebhookSubscription',
    id: toGid('WebhookSubscription', subscription.id),
    legacyResourceId: subscription.id,
    topic: subscription.topic,
    uri: subscription.uri,
    callbackUrl: subscription.uri,
    endpoint: viewEndpoint(subscription.uri),
    format: subscription.format,
    filter: subscription.filter,
    includeFields: subscription.includeFields,
    metafieldNamespaces: subscription.metafieldNamespaces,
    metafields: subscription.metafields,
    name: subscription.name,
    createdAt: toIso(subscription.createdAt),
    updatedAt: toIso(subscription.updatedAt),
    apiVersion: { displayName: API_VERSION, handle: API_VERSION, supported: true },
  }
}

function viewEndpoint(uri: string): Record<string, unknown> {
  if (uri.startsWith('arn:')) return { __typename: 'WebhookEventBridgeEndpoint', arn: uri }
  const pubSub = /^pubsub:\/\/([^:]+):(.+)$/.exec(uri)
  if (pubSub) return { __typename: 'WebhookPubSubEndpoint', pubSubProject: pubSub[1], pubSubTopic: pubSub[2] }
  return { __typename: 'WebhookHttpEndpoint', callbackUrl: uri }
}
