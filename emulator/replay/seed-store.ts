import { parseGid } from '../gid.ts'
import { toMinor } from '../money.ts'
import { recordOrder } from '../orders/record-order.ts'
import type { Customer } from '../shop/customer.ts'
import type { Order } from '../shop/order.ts'
import type { Shop } from '../shop/shop.ts'
import { addProduct } from '../shop/stock.ts'
import { operationOf } from './choose-request.ts'
import { isObject, type Json, type JsonObject, walk } from './json.ts'
import type { Recording } from './read-recording.ts'

const SEEDED = new Set(['Product', 'ProductVariant', 'Collection', 'Customer', 'Segment', 'Market', 'Order'])

/**
 * Puts into an empty shop what the recorded store had before the run: objects that a request names, or a query
 * returns, before any step has made them.
 */
export function seedStore(shop: Shop, recording: Recording): Set<string> {
  const facts = collectFacts(recording)
  const seeded = new Set([...findSeeds(recording)].filter((gid) => !isUnknown(recording, gid)))
  for (const gid of seeded) seedOne(shop, gid, facts.get(gid) ?? {}, seeded)
  for (const gid of [...seeded].filter((one) => parseGid(one)?.kind === 'Order').sort())
    seedOrder(shop, gid, facts, seeded)
  for (const customer of shop.customers.values()) Object.assign(customer, { ordersPlaced: 0, amountSpentMinor: 0 })
  return seeded
}

/** All that replies say about each object; what was said first stays. */
function collectFacts(recording: Recording): Map<string, JsonObject> {
  const facts = new Map<string, JsonObject>()
  for (const reply of recording.facts) {
    walk(reply, (value) => {
      if (isObject(value) && typeof value.id === 'string' && parseGid(value.id))
        facts.set(value.id, { ...value, ...facts.get(value.id) })
    })
  }
  return facts
}

function gidsIn(value: Json): string[] {
  const found: string[] = []
  walk(value, (entry) => {
    if (typeof entry === 'string' && SEEDED.has(parseGid(entry)?.kind ?? '')) found.push(entry)
  })
  return found
}

function findSeeds(recording: Recording): Set<string> {
  const seeds = new Set<string>()
  const made = new Set<string>()
  for (const step of recording.steps) {
    for (const gid of gidsIn(step.variables)) if (!made.has(gid)) seeds.add(gid)
    for (const literal of step.query.matchAll(/gid:\/\/shopify\/[A-Za-z]+\/\d+/g)) {
      if (SEEDED.has(parseGid(literal[0])?.kind ?? '') && !made.has(literal[0])) seeds.add(literal[0])
    }
    const isQuery = operationOf(step.query)?.operation === 'query'
    for (const gid of gidsIn(step.body)) {
      if (seeds.has(gid)) continue
      if (isQuery && !made.has(gid)) seeds.add(gid)
      else made.add(gid)
    }
  }
  for (const gid of gidsIn(recording.facts)) if (parseGid(gid)?.kind === 'Customer' && !made.has(gid)) seeds.add(gid)
  return seeds
}

/** The real store said that it does not know the object: an error names it, or a look-up by its id alone was null. */
function isUnknown(recording: Recording, gid: string): boolean {
  const id = gid.split('/').at(-1)
  const text = JSON.stringify(recording.steps.map((step) => step.body))
  if (text.includes(`id: ${id} is invalid`) || id === '0') return true
  return recording.facts.some((fact) => {
    if (!isObject(fact) || !isObject(fact.variables) || !Array.isArray(fact.variables.ids)) return false
    const answer = JSON.stringify(fact.response ?? null)
    return fact.variables.ids.length === 1 && fact.variables.ids[0] === gid && answer.includes('"nodes":[null]')
  })
}

function text(value: Json | undefined, fallback: string): string {
  return typeof value === 'string' ? value : fallback
}

function time(value: Json | undefined, fallback: number): number {
  return typeof value === 'string' ? Date.parse(value) : fallback
}

function seedOne(shop: Shop, gid: string, facts: JsonObject, seeded: Set<string>): void {
  const { kind = '', id = 0 } = parseGid(gid) ?? {}
  const title = text(facts.title, `Seeded ${kind} ${id}`)
  if (kind === 'Product') seedProduct(shop, id, title, facts, seeded)
  if (kind === 'Collection')
    shop.collections.set(id, {
      id,
      title,
      handle: text(facts.handle, String(id)),
      productIds: [],
      updatedAt: shop.clock.now(),
    })
  if (kind === 'Segment')
    shop.segments.set(id, {
      id,
      name: text(facts.name, title),
      query: text(facts.query, ''),
      emails: [],
      createdAt: shop.clock.now(),
    })
  if (kind === 'Market')
    shop.markets.set(id, { id, name: text(facts.name, title), handle: text(facts.handle, String(id)) })
  if (kind === 'Customer') shop.customers.set(id, seedCustomer(shop, id, facts))
  if (kind === 'ProductVariant' && !shop.variants.has(id)) {
    addProduct(shop, { title, variants: [{ id, title, priceMinor: 1000 }] })
  }
}

/** A product keeps the variants of its own reply, and takes a seeded variant that no product has. */
function seedProduct(shop: Shop, id: number, title: string, facts: JsonObject, seeded: Set<string>): void {
  const nodes = isObject(facts.variants) && Array.isArray(facts.variants.nodes) ? facts.variants.nodes : []
  const variants = nodes.flatMap((node) => {
    const variantId = isObject(node) && typeof node.id === 'string' ? parseGid(node.id)?.id : undefined
    if (!isObject(node) || variantId === undefined) return []
    seeded.delete(text(node.id, ''))
    return [{ id: variantId, title: text(node.title, 'Default Title'), priceMinor: toMinor(text(node.price, '10.00')) }]
  })
  addProduct(shop, { id, title, handle: text(facts.handle, String(id)), ...(variants.length > 0 ? { variants } : {}) })
}

function seedCustomer(shop: Shop, id: number, facts: JsonObject): Customer {
  const email = typeof facts.email === 'string' ? facts.email : null
  const name = text(facts.displayName, '')
  const [first = '', ...rest] = name === email ? [] : name.split(' ')
  return {
    id,
    email,
    phone: null,
    firstName: text(facts.firstName, first) || null,
    lastName: text(facts.lastName, rest.join(' ')) || null,
    note: null,
    locale: 'en',
    tags: [],
    createdAt: shop.clock.now(),
    updatedAt: shop.clock.now(),
    acceptsMarketing: false,
    ordersPlaced: 0,
    amountSpentMinor: 0,
  }
}

/** An order that no request names and that has no time cannot be put in its place and is left out. */
function seedOrder(shop: Shop, gid: string, facts: Map<string, JsonObject>, seeded: Set<string>): void {
  const known = facts.get(gid) ?? {}
  if (!known.createdAt && !known.customer) {
    seeded.delete(gid)
    return
  }
  const createdAt = time(known.createdAt, shop.clock.now())
  const total = readTotal(known)
  const customer =
    isObject(known.customer) && seeded.has(text(known.customer.id, ''))
      ? parseGid(text(known.customer.id, ''))
      : undefined
  const number = Number(text(known.name, '#1').replace(/\D/g, ''))
  recordOrder(shop, {
    id: parseGid(gid)?.id ?? 0,
    number,
    name: text(known.name, `#${number}`),
    lines: [],
    applications: [],
    shippingMinor: 0,
    subtotalMinor: total,
    totalMinor: total,
    email: typeof known.email === 'string' ? known.email : null,
    customerId: customer?.id ?? null,
    createdAt,
    updatedAt: time(known.updatedAt, createdAt),
    processedAt: time(known.processedAt, createdAt),
    cancelledAt: known.cancelledAt ? time(known.cancelledAt, createdAt) : null,
    closedAt: known.closedAt ? time(known.closedAt, createdAt) : null,
    financialStatus: text(known.displayFinancialStatus, 'PAID') as Order['financialStatus'],
    tags: Array.isArray(known.tags) ? known.tags.map(String) : [],
  })
}

function readTotal(known: JsonObject): number {
  const set = known.currentTotalPriceSet
  const money = isObject(set) && isObject(set.shopMoney) ? set.shopMoney.amount : undefined
  return typeof money === 'string' ? toMinor(money) : 0
}
