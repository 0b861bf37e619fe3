import { type UserError, userError } from '../errors/user-error.ts'
import { fieldsOf, parseQuery, type Query } from '../search/parse-query.ts'
import type { Shop } from '../shop/shop.ts'
import type { Subscription } from '../shop/subscription.ts'

/** Longest name. UNCERTAIN, not recorded. */
const MAX_NAME_LENGTH = 50

const ADDRESS_FIELD = ['webhookSubscription', 'callbackUrl']

/** Topics whose payload exists as JSON only. RETURNS_APPROVE is recorded; the rest is inferred from their younger families. */
const JSON_ONLY =
  /^(RETURNS|REVERSE|FULFILLMENT_ORDERS|FULFILLMENT_HOLDS|SEGMENTS|CUSTOMER_(JOINED|LEFT)_SEGMENT|METAOBJECTS|METAFIELD_DEFINITIONS|BULK_OPERATIONS|DISCOUNTS|COMPAN|SUBSCRIPTION|CUSTOMER_PAYMENT_METHODS|INVENTORY_(TRANSFERS|SHIPMENTS)|PRODUCT_FEEDS|AUDIT|FINANCE|DELIVERY|PAYMENT_SCHEDULES|CHANNELS|PROFILES)/

/** Faults of a subscription as it would be saved. Source of the texts: recording webhook-subscription-topic-format-name-validation and shopify.md, section 6. */
export function validateSubscription(shop: Shop, draft: Subscription): UserError[] {
  const address = findAddressFault(shop, draft)
  return [
    ...(address ? [userError(ADDRESS_FIELD, null, address)] : []),
    ...validateFormat(draft),
    ...validateName(shop, draft),
    ...validateFilter(draft),
  ]
}

function findAddressFault(shop: Shop, draft: Subscription): string | undefined {
  const { uri } = draft
  if (!uri.trim()) return "Address can't be blank"
  if (uri.startsWith('pubsub://')) {
    const valid = /^pubsub:\/\/[^:/\s]+:[^:/\s]+$/.test(uri)
    if (!valid) return 'Address is not a valid GCP pub/sub format. Format should be pubsub://project:topic'
  } else if (!uri.startsWith('arn:aws:events:')) {
    const fault = findHttpFault(shop, uri)
    if (fault) return fault
  }
  const twin = [...shop.subscriptions.values()].some(
    (other) =>
      other.id !== draft.id && other.topic === draft.topic && other.uri === uri && other.format === draft.format,
  )
  return twin ? 'Address for this topic has already been taken' : undefined
}

function findHttpFault(shop: Shop, uri: string): string | undefined {
  if (!URL.canParse(uri)) return 'Address is invalid'
  const url = new URL(uri)
  const local = isLoopback(url.hostname)
  if (local && shop.settings.allowLocalHttpWebhooks && /^https?:$/.test(url.protocol)) return undefined
  if (url.protocol !== 'https:')
    return url.protocol === 'http:' ? 'Address protocol http:// is not supported' : 'Address is invalid'
  if (local || isInternal(url.hostname)) return 'Address cannot be a Shopify or an internal domain'
  return url.hostname.includes('.') ? undefined : 'Address is invalid'
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\./.test(host)
}

function isInternal(host: string): boolean {
  return /(^|\.)(myshopify|shopify|shopifycloud)\.(com|io)$|\.(local|internal|localhost)$|^10\.|^192\.168\.|^172\.(1[6-9]|2\d|3[01])\.|^169\.254\.|^0\./.test(
    host,
  )
}

function validateFormat(draft: Subscription): UserError[] {
  if (draft.format !== 'XML') return []
  const field = ['webhookSubscription', 'format']
  if (!/^https?:/.test(draft.uri)) return [userError(field, null, "Format can only be used with format: 'json'")]
  return JSON_ONLY.test(draft.topic)
    ? [userError(field, null, "Format 'xml' is invalid for this webhook topic. Allowed formats: json")]
    : []
}

function validateName(shop: Shop, draft: Subscription): UserError[] {
  const { name } = draft
  if (name === null) return []
  const field = ['webhookSubscription', 'name']
  const errors: UserError[] = []
  if (name.length === 0) errors.push(userError(field, null, 'Name is too short (minimum is 1 character)'))
  if (name.length > MAX_NAME_LENGTH)
    errors.push(userError(field, null, `Name is too long (maximum is ${MAX_NAME_LENGTH} characters)`))
  if (!/^[A-Za-z0-9_-]+$/.test(name)) {
    errors.push(
      userError(field, null, 'Name name field can only contain alphanumeric characters, underscores, and hyphens'),
    )
  }
  const twin = [...shop.subscriptions.values()].some(
    (other) => other.id !== draft.id && other.name?.toLowerCase() === name.toLowerCase(),
  )
  return twin ? [...errors, userError(field, null, 'Name already exists, no duplicate allowed')] : errors
}

/** A filter must name the field of each term. */
function validateFilter(draft: Subscription): UserError[] {
  if (!draft.filter?.trim()) return []
  const query = parseQuery(draft.filter)
  if (fieldsOf(query).length > 0 && !hasBareTerm(query)) return []
  const message = 'The specified filter is invalid, please ensure you specify the field(s) you wish to filter on.'
  return [userError(['webhookSubscription'], null, message)]
}

function hasBareTerm(query: Query): boolean {
  if (query.kind === 'term') return query.field === null
  if (query.kind === 'not') return hasBareTerm(query.part)
  return query.kind !== 'all' && query.parts.some(hasBareTerm)
}
