import { createHmac } from 'node:crypto'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { randomUuid } from '../random.ts'
import { createMatcher, type Searchable } from '../search/match.ts'
import { fieldsOf, parseQuery } from '../search/parse-query.ts'
import { API_VERSION } from '../shop/settings.ts'
import { type Shop, toIso, type WebhookSubject } from '../shop/shop.ts'
import type { Delivery, Subscription } from '../shop/subscription.ts'
import { createPayload } from './payload.ts'

/** Source: Shopify, webhook delivery: connect within 1 s, answer within 5 s. Real time, not the emulator's. */
const CONNECT_MS = 1000
const ANSWER_MS = 5000

/** Source: Shopify changelog of 10 Sep 2024: 8 retries over 4 hours, exponential. */
const RETRIES = 8
const RETRY_SPAN_MS = 4 * 3600 * 1000

/** Longest delay of a delivery that is sent late on purpose. */
const REORDER_MS = 3000

/** Deliveries that are kept for looking at. */
const KEPT_DELIVERIES = 2000

type Payload = Record<string, unknown>

/** Sends what happens in the shop to its subscribers, with everything that may go wrong on the way. */
export class WebhookSender {
  #shop: Shop
  #held: Delivery[] = []
  #closed = false

  constructor(shop: Shop) {
    this.#shop = shop
  }

  /** Called for everything that happens; the payload is made only when somebody listens. */
  emit(topic: string, subject: WebhookSubject, eventId?: string): void {
    if (this.#shop.subscriptions.size === 0 && this.#shop.app.declaredWebhooks.size === 0) return
    const name = topic.toUpperCase().replaceAll(/[/.]/g, '_')
    const subscriptions = [...this.#shop.subscriptions.values()].filter((subscription) => subscription.topic === name)
    const declared = this.#shop.app.declaredWebhooks.get(topic)
    if (subscriptions.length === 0 && !declared) return
    const payload = createPayload(this.#shop, subject)
    const event = eventId ?? randomUuid(this.#shop.random)
    for (const subscription of subscriptions) {
      if (subscription.filter?.trim() && !passesFilter(payload, subscription.filter)) continue
      this.#dispatch(this.#draft(topic, event, subscription.uri, pickFields(payload, subscription), subscription))
    }
    if (declared) this.#dispatch(this.#draft(topic, event, declared, payload, null))
  }

  /** Sends what was held while webhooks were paused. */
  release(): void {
    if (this.#shop.settings.webhooksPaused) return
    const held = this.#held
    this.#held = []
    for (const delivery of held) this.#attempt(delivery)
  }

  /** Sends a delivery again with its old id and body. */
  resend(webhookId: string): boolean {
    const delivery = this.#shop.deliveries.find((one) => one.webhookId === webhookId)
    if (delivery) this.#post(delivery, () => {})
    return delivery !== undefined
  }

  close(): void {
    this.#closed = true
  }

  #draft(topic: string, eventId: string, uri: string, payload: Payload, subscription: Subscription | null): Delivery {
    return {
      webhookId: randomUuid(this.#shop.random),
      eventId,
      topic,
      subscriptionId: subscription?.id ?? null,
      uri,
      name: subscription?.name ?? null,
      body: JSON.stringify(payload),
      triggeredAt: this.#shop.clock.now(),
      attempts: 0,
      state: 'waiting',
      lastStatus: '',
    }
  }

  #dispatch(delivery: Delivery): void {
    const { settings, random, clock, deliveries } = this.#shop
    deliveries.push(delivery)
    if (deliveries.length > KEPT_DELIVERIES) deliveries.splice(0, deliveries.length - KEPT_DELIVERIES)
    if (!/^https?:/.test(delivery.uri)) {
      drop(delivery, 'the emulator reaches no cloud service')
      return
    }
    if (random() < settings.webhookDropRate) {
      drop(delivery, 'lost on purpose')
      return
    }
    const copies = random() < settings.webhookDuplicateRate ? 2 : 1
    for (let copy = 0; copy < copies; copy += 1) {
      const delayMs = random() < settings.webhookReorderRate ? Math.floor(random() * REORDER_MS) : 0
      clock.schedule(clock.now() + delayMs, () => this.#attempt(delivery))
    }
  }

  #attempt(delivery: Delivery): void {
    if (this.#closed) return
    if (this.#shop.settings.webhooksPaused) {
      this.#held.push(delivery)
      return
    }
    delivery.attempts += 1
    this.#post(delivery, (delivered) => {
      if (delivered) delivery.state = 'delivered'
      else this.#retry(delivery)
    })
  }

  /** After the last retry the delivery is given up and its subscription deleted; a declared address stays. */
  #retry(delivery: Delivery): void {
    if (this.#closed || delivery.state === 'delivered') return
    const retries = delivery.attempts - 1
    if (retries >= RETRIES) {
      delivery.state = 'failed'
      if (delivery.subscriptionId !== null) this.#shop.subscriptions.delete(delivery.subscriptionId)
      return
    }
    const firstMs = RETRY_SPAN_MS / (2 ** RETRIES - 1)
    const waitMs = firstMs * 2 ** retries * this.#shop.settings.retryScale
    this.#shop.clock.schedule(this.#shop.clock.now() + waitMs, () => this.#attempt(delivery))
  }

  #headers(delivery: Delivery): Record<string, string> {
    const { app, domain } = this.#shop
    return {
      'content-type': 'application/json',
      'user-agent': 'Shopify-Captain-Hook',
      'x-shopify-topic': delivery.topic,
      'x-shopify-hmac-sha256': signBody(delivery.body, app.clientSecret),
      'x-shopify-shop-domain': domain,
      'x-shopify-api-version': API_VERSION,
      'x-shopify-webhook-id': delivery.webhookId,
      'x-shopify-event-id': delivery.eventId,
      'x-shopify-triggered-at': toIso(delivery.triggeredAt),
      ...(delivery.name ? { 'x-shopify-name': delivery.name } : {}),
    }
  }

  #post(delivery: Delivery, done: (delivered: boolean) => void): void {
    const url = new URL(delivery.uri)
    const body = Buffer.from(delivery.body)
    const headers = { ...this.#headers(delivery), 'content-length': String(body.length) }
    let finished = false
    const finish = (delivered: boolean, status: string): void => {
      if (finished) return
      finished = true
      clearTimeout(total)
      clearTimeout(connect)
      delivery.lastStatus = status
      done(delivered)
    }
    const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(
      url,
      { method: 'POST', headers, agent: false },
      (response) => {
        const status = response.statusCode ?? 0
        response.resume()
        response.on('end', () => finish(status >= 200 && status < 300, `HTTP ${status}`))
      },
    )
    const total = setTimeout(() => request.destroy(new Error('no answer within 5 s')), ANSWER_MS)
    const connect = setTimeout(() => request.destroy(new Error('no connection within 1 s')), CONNECT_MS)
    request.on('socket', (socket) => socket.on('connect', () => clearTimeout(connect)))
    request.on('error', (error) => finish(false, error.message))
    request.end(body)
  }
}

function drop(delivery: Delivery, why: string): void {
  delivery.state = 'dropped'
  delivery.lastStatus = why
}

/** Base64 HMAC-SHA256 over the raw bytes of the body. Source: Shopify, "Verify deliveries". */
function signBody(body: string, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('base64')
}

function readPath(payload: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => {
    if (Array.isArray(value)) return value.map((entry: unknown) => (entry as Payload | null)?.[key])
    return typeof value === 'object' && value !== null ? (value as Payload)[key] : undefined
  }, payload)
}

function passesFilter(payload: Payload, filter: string): boolean {
  const query = parseQuery(filter)
  const read = (path: string) => (item: Payload) => {
    const value = readPath(item, path)
    if (typeof value === 'number') return { number: value }
    if (Array.isArray(value)) return value.map(String)
    return value === null || value === undefined ? '' : String(value)
  }
  const searchable: Searchable<Payload> = {
    fields: Object.fromEntries(fieldsOf(query).map((path) => [path, read(path)])),
    text: () => [],
  }
  return createMatcher(query, searchable)(payload)
}

/** The top-level fields that the subscription asked for; a nested name keeps its whole parent. */
function pickFields(payload: Payload, subscription: Subscription): Payload {
  if (subscription.includeFields.length === 0) return payload
  const wanted = new Set(subscription.includeFields.map((path) => path.split('.')[0] ?? path))
  return Object.fromEntries(Object.entries(payload).filter(([key]) => wanted.has(key)))
}
