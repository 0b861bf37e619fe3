import type { FastifyInstance, FastifyReply } from 'fastify'
import { changeConsent } from '../customers/change-consent.ts'
import { createCustomer } from '../customers/create-customer.ts'
import type { ImportWorker } from '../discounts/import-worker.ts'
import type { AdminApi } from '../graphql/admin-api.ts'
import { issueToken } from '../oauth/token.ts'
import { isPlan, type Settings, SHOP_ID } from '../shop/settings.ts'
import type { Shop } from '../shop/shop.ts'
import { addProduct, type ProductInput } from '../shop/stock.ts'
import type { WebhookSender } from '../webhooks/sender.ts'
import { type FaultInput, type FaultList, isFaultKind } from './fault.ts'

export interface ControlParts {
  shop: Shop
  api: AdminApi
  worker: ImportWorker
  faults: FaultList
  sender: WebhookSender
}

type Body = Record<string, unknown>

/** `/_emulator`: what a person or a test may do to the shop from outside of Shopify. JSON in and out; no token is needed. */
export function registerControl(server: FastifyInstance, parts: ControlParts): void {
  const { shop, api, worker, faults, sender } = parts
  server.get('/_emulator', () => describe(parts))
  server.post('/_emulator/settings', (request, reply) => changeSettings(parts, (request.body ?? {}) as Body, reply))
  server.post('/_emulator/faults', (request, reply) => {
    const input = (request.body ?? {}) as Body
    if (!isFaultKind(input.kind)) return reply.code(400).send({ error: `Unknown kind of fault: ${String(input.kind)}` })
    return reply.send(faults.add(input as unknown as FaultInput))
  })
  server.delete('/_emulator/faults', () => {
    faults.clear()
    return { faults: [] }
  })
  server.post('/_emulator/clock', (request, reply) => moveClock(shop, (request.body ?? {}) as Body, reply))
  server.post('/_emulator/jobs/finish', () => {
    worker.finish()
    return { waiting: worker.waiting() }
  })
  server.post('/_emulator/bucket/drain', () => {
    api.bucket.drain()
    return api.bucket.status()
  })
  server.get('/_emulator/deliveries', () => ({ deliveries: shop.deliveries }))
  server.post('/_emulator/deliveries/resend', (request) => {
    const { webhookId } = (request.body ?? {}) as { webhookId?: string }
    return { sent: sender.resend(webhookId ?? '') }
  })
  registerAppControl(server, shop)
  registerSeeds(server, shop)
}

function describe({ shop, api, worker, faults }: ControlParts): object {
  return {
    shop: { name: shop.name, domain: shop.domain, url: shop.url },
    app: {
      clientId: shop.app.clientId,
      clientSecret: shop.app.clientSecret,
      scopes: shop.app.scopes,
      installed: shop.app.installed,
    },
    settings: shop.settings,
    clock: {
      now: new Date(shop.clock.now()).toISOString(),
      frozen: shop.clock.isFrozen(),
      tasks: shop.clock.pending(),
    },
    faults: faults.list(),
    throttle: api.bucket.status(),
    memory: { residentBytes: process.memoryUsage().rss },
    jobs: { waiting: worker.waiting(), creations: shop.creations.size },
    counts: {
      discounts: shop.discounts.size,
      codes: shop.codes.size,
      orders: shop.orders.size,
      customers: shop.customers.size,
      products: shop.products.size,
      webhookSubscriptions: shop.subscriptions.size,
    },
  }
}

/** Takes known settings of the right type only; one wrong value refuses all. */
function changeSettings({ shop, worker, sender }: ControlParts, body: Body, reply: FastifyReply): FastifyReply {
  const known = shop.settings as unknown as Body
  for (const [key, value] of Object.entries(body)) {
    if (!(key in known)) return reply.code(400).send({ error: `Unknown setting: ${key}` })
    if (typeof value !== typeof known[key])
      return reply.code(400).send({ error: `${key} must be a ${typeof known[key]}` })
    if (key === 'plan' && !isPlan(String(value)))
      return reply.code(400).send({ error: `Unknown plan: ${String(value)}` })
  }
  Object.assign(shop.settings, body as Partial<Settings>)
  if (['plan', 'currency', 'timezone', 'sellsSubscriptions'].some((key) => key in body))
    shop.emit('shop/update', { kind: 'shop' })
  worker.wake()
  sender.release()
  return reply.send(shop.settings)
}

function moveClock(shop: Shop, body: Body, reply: FastifyReply): FastifyReply {
  if (typeof body.frozen === 'boolean') shop.clock.freeze(body.frozen)
  if (typeof body.set === 'string') {
    const at = Date.parse(body.set)
    if (Number.isNaN(at)) return reply.code(400).send({ error: `Not a date: ${body.set}` })
    shop.clock.set(at)
  }
  if (typeof body.advanceMs === 'number') shop.clock.advance(body.advanceMs)
  return reply.send({ now: new Date(shop.clock.now()).toISOString(), frozen: shop.clock.isFrozen() })
}

function registerAppControl(server: FastifyInstance, shop: Shop): void {
  server.post('/_emulator/tokens', (request) => {
    const { scopes, expiresInSeconds } = (request.body ?? {}) as { scopes?: string[]; expiresInSeconds?: number }
    const token = issueToken(shop, scopes ?? shop.app.scopes, expiresInSeconds ?? null, false)
    return { accessToken: token.token, scopes: token.scopes }
  })
  server.post('/_emulator/tokens/revoke', (request) => {
    const { accessToken } = (request.body ?? {}) as { accessToken?: string }
    if (accessToken) shop.app.tokens.delete(accessToken)
    else shop.app.tokens.clear()
    return { tokens: shop.app.tokens.size }
  })
  server.post('/_emulator/app', (request, reply) => {
    const { scopes, webhooks } = (request.body ?? {}) as { scopes?: string[]; webhooks?: Record<string, string> }
    const wrong = Object.values(webhooks ?? {}).find((uri) => !URL.canParse(uri))
    if (wrong !== undefined) return reply.code(400).send({ error: `Not an address: ${wrong}` })
    if (scopes) {
      shop.app.scopes = scopes
      for (const token of shop.app.tokens.values()) token.scopes = [...scopes]
      shop.emit('app/scopes_update', { kind: 'app' })
    }
    for (const [topic, uri] of Object.entries(webhooks ?? {})) shop.app.declaredWebhooks.set(topic, uri)
    return reply.send({ scopes: shop.app.scopes, webhooks: Object.fromEntries(shop.app.declaredWebhooks) })
  })
  server.post('/_emulator/app/uninstall', () => {
    shop.emit('app/uninstalled', { kind: 'app' })
    shop.app.installed = false
    shop.app.tokens.clear()
    shop.subscriptions.clear()
    return { installed: false }
  })
  server.post('/_emulator/compliance', (request, reply) => {
    const { topic, payload } = (request.body ?? {}) as { topic?: string; payload?: Body }
    if (!topic || !/^(customers\/data_request|customers\/redact|shop\/redact)$/.test(topic)) {
      return reply.code(400).send({ error: `No compliance topic: ${topic ?? ''}` })
    }
    shop.emit(topic, { kind: 'compliance', payload: { shop_id: SHOP_ID, shop_domain: shop.domain, ...payload } })
    return reply.send({ topic })
  })
}

function registerSeeds(server: FastifyInstance, shop: Shop): void {
  server.post('/_emulator/products', (request) => addProduct(shop, request.body as ProductInput))
  server.post('/_emulator/customers', (request, reply) => {
    const result = createCustomer(shop, (request.body ?? {}) as Body)
    return result.customer ? reply.send(result.customer) : reply.code(400).send({ error: result.errors })
  })
  server.post('/_emulator/customers/:id/consent', (request, reply) => {
    const customer = shop.customers.get(Number((request.params as { id: string }).id))
    if (!customer) return reply.code(404).send({ error: 'No such customer' })
    changeConsent(shop, customer, (request.body as Body | null)?.acceptsMarketing === true)
    return reply.send(customer)
  })
  server.post('/_emulator/segments', (request) => {
    const { name, emails } = request.body as { name: string; emails?: string[] }
    const id = shop.ids.next('Segment')
    const segment = {
      id,
      name,
      query: '',
      emails: (emails ?? []).map((email) => email.toLowerCase()),
      createdAt: shop.clock.now(),
    }
    shop.segments.set(id, segment)
    return segment
  })
}
