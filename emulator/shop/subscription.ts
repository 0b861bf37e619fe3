/** A webhook subscription made through the Admin API. */
export interface Subscription {
  id: number
  topic: string
  uri: string
  format: 'JSON' | 'XML'
  filter: string | null
  includeFields: string[]
  metafieldNamespaces: string[]
  metafields: { namespace: string; key: string }[]
  name: string | null
  createdAt: number
  updatedAt: number
}

/** One message to one address, with its retries. `webhookId` stays the same over retries and duplicates. */
export interface Delivery {
  webhookId: string
  eventId: string
  topic: string
  subscriptionId: number | null
  uri: string
  name: string | null
  body: string
  triggeredAt: number
  attempts: number
  state: 'waiting' | 'delivered' | 'failed' | 'dropped'
  lastStatus: string
}
