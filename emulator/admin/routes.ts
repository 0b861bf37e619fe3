import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ImportWorker } from '../discounts/import-worker.ts'
import type { DiscountInput } from '../discounts/input.ts'
import { activateDiscount, deactivateDiscount, deleteDiscount } from '../discounts/lifecycle.ts'
import { removeRedeemCodes } from '../discounts/redeem-codes.ts'
import { updateDiscount } from '../discounts/save-discount.ts'
import { type FaultList, isFaultKind } from '../faults/fault.ts'
import { toMinor } from '../money.ts'
import { cancelOrder, refundOrder } from '../orders/change-order.ts'
import { renewOrder } from '../orders/renew-order.ts'
import type { Discount } from '../shop/discount.ts'
import type { Order } from '../shop/order.ts'
import { isPlan } from '../shop/settings.ts'
import type { Shop } from '../shop/shop.ts'
import type { WebhookSender } from '../webhooks/sender.ts'
import { discountList, discountPage } from './discount-pages.ts'
import { emulatorPage, webhookPage } from './emulator-pages.ts'
import { orderAdminPage, orderList } from './order-pages.ts'

type Fields = Record<string, string | undefined>

export interface AdminParts {
  shop: Shop
  worker: ImportWorker
  faults: FaultList
  sender: WebhookSender
}

/** The store's admin: what a merchant changes by hand behind the back of an app. */
export function registerAdmin(server: FastifyInstance, parts: AdminParts): void {
  const { shop } = parts
  server.get('/admin', (request, reply) => {
    const { q, page } = readList(request)
    return send(reply, discountList(shop, q, page))
  })
  server.get('/admin/orders', (request, reply) => {
    const { q, page } = readList(request)
    return send(reply, orderList(shop, q, page))
  })
  server.get('/admin/webhooks', (_request, reply) => send(reply, webhookPage(shop)))
  registerDiscounts(server, shop)
  registerOrders(server, shop)
  registerSwitches(server, parts)
}

function send(reply: FastifyReply, page: string, status = 200): FastifyReply {
  return reply.code(status).header('cache-control', 'no-store').type('text/html; charset=utf-8').send(page)
}

function readList(request: FastifyRequest): { q: string; page: number } {
  const { q = '', page } = request.query as Fields
  return { q, page: Math.max(1, Math.floor(Number(page)) || 1) }
}

function readBody(request: FastifyRequest): Fields {
  return (request.body ?? {}) as Fields
}

function withDiscount(
  shop: Shop,
  act: (discount: Discount, request: FastifyRequest, reply: FastifyReply) => FastifyReply,
) {
  return (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const discount = shop.discounts.get(Number((request.params as { id: string }).id))
    return discount ? act(discount, request, reply) : reply.redirect('/admin', 303)
  }
}

function registerDiscounts(server: FastifyInstance, shop: Shop): void {
  server.get(
    '/admin/discounts/:id',
    withDiscount(shop, (discount, request, reply) => {
      const { q, page } = readList(request)
      return send(reply, discountPage(shop, discount, q, page, null))
    }),
  )
  server.post(
    '/admin/discounts/:id',
    withDiscount(shop, (discount, request, reply) => {
      const result = updateDiscount(shop, discount, 'discount', readEdit(discount, readBody(request)))
      const problem = result.errors.map((error) => error.message).join(' ')
      return problem
        ? send(reply, discountPage(shop, discount, '', 1, problem), 422)
        : reply.redirect(`/admin/discounts/${discount.id}`, 303)
    }),
  )
  server.post(
    '/admin/discounts/:id/state',
    withDiscount(shop, (discount, request, reply) => {
      const { change } = readBody(request)
      if (change === 'activate') activateDiscount(shop, discount)
      if (change === 'deactivate') deactivateDiscount(shop, discount)
      if (change === 'delete') deleteDiscount(shop, discount)
      return reply.redirect(change === 'delete' ? '/admin' : `/admin/discounts/${discount.id}`, 303)
    }),
  )
  server.post(
    '/admin/discounts/:id/codes/delete',
    withDiscount(shop, (discount, request, reply) => {
      removeRedeemCodes(shop, discount, new Set([Number(readBody(request).id)]))
      return reply.redirect(`/admin/discounts/${discount.id}`, 303)
    }),
  )
}

function readTime(text: string | undefined): number | null {
  const at = text ? Date.parse(`${text}Z`) : Number.NaN
  return Number.isNaN(at) ? null : at
}

/** The changed terms only. A start or end that the form shows to the minute is kept to the second. */
function readEdit(discount: Discount, fields: Fields): DiscountInput {
  const startsAt = readTime(fields.startsAt)
  const endsAt = readTime(fields.endsAt)
  const sameMinute = (one: number | null, other: number | null): boolean =>
    one !== null && other !== null && Math.floor(one / 60_000) === Math.floor(other / 60_000)
  return {
    title: fields.title ?? discount.title,
    ...(startsAt === null || sameMinute(startsAt, discount.startsAt) ? {} : { startsAt }),
    ...(sameMinute(endsAt, discount.endsAt) ? {} : { endsAt }),
    usageLimit: fields.usageLimit ? Number(fields.usageLimit) : null,
    appliesOncePerCustomer: fields.once === '1',
    ...(fields.percent === undefined ? {} : { customerGets: { value: { percentage: Number(fields.percent) / 100 } } }),
    ...(fields.amount === undefined
      ? {}
      : {
          customerGets: {
            value: {
              discountAmount: {
                amount: fields.amount,
                appliesOnEachItem: discount.value.kind === 'amount' && discount.value.onEachItem,
              },
            },
          },
        }),
  }
}

function registerOrders(server: FastifyInstance, shop: Shop): void {
  const withOrder =
    (act: (order: Order, fields: Fields, reply: FastifyReply) => FastifyReply) =>
    (request: FastifyRequest, reply: FastifyReply) => {
      const order = shop.orders.get(Number((request.params as { id: string }).id))
      return order ? act(order, readBody(request), reply) : reply.redirect('/admin/orders', 303)
    }
  server.get(
    '/admin/orders/:id',
    withOrder((order, _fields, reply) => send(reply, orderAdminPage(shop, order))),
  )
  server.post(
    '/admin/orders/:id/refund',
    withOrder((order, fields, reply) => {
      refundOrder(shop, order, toMinor(fields.amount ?? '0'))
      return reply.redirect(`/admin/orders/${order.id}`, 303)
    }),
  )
  server.post(
    '/admin/orders/:id/change',
    withOrder((order, fields, reply) => {
      if (fields.change === 'cancel') cancelOrder(shop, order)
      const renewed = fields.change === 'renew' ? renewOrder(shop, order, { cycle: 2, asManual: false }) : undefined
      return reply.redirect(`/admin/orders/${renewed?.id ?? order.id}`, 303)
    }),
  )
}

function registerSwitches(server: FastifyInstance, { shop, worker, faults, sender }: AdminParts): void {
  server.get('/admin/emulator', (_request, reply) => send(reply, emulatorPage(shop, faults, worker)))
  server.post('/admin/emulator/settings', (request, reply) => {
    const fields = readBody(request)
    if (isPlan(fields.plan ?? '')) shop.settings.plan = fields.plan as typeof shop.settings.plan
    shop.settings.codesPerSecond = Math.max(0, Number(fields.codesPerSecond) || 0)
    shop.settings.usageLagMs = Math.max(0, Number(fields.usageLagMs) || 0)
    for (const key of ['sellsSubscriptions', 'jobsPaused', 'webhooksPaused'] as const)
      shop.settings[key] = fields[key] === '1'
    worker.wake()
    sender.release()
    return reply.redirect('/admin/emulator', 303)
  })
  server.post('/admin/emulator/clock', (request, reply) => {
    shop.clock.advance((Number(readBody(request).minutes) || 0) * 60_000)
    return reply.redirect('/admin/emulator', 303)
  })
  server.post('/admin/emulator/faults', (request, reply) => {
    const { kind, match, times } = readBody(request)
    if (isFaultKind(kind)) faults.add({ kind, match: match || null, times: Math.max(1, Number(times) || 1) })
    return reply.redirect('/admin/emulator', 303)
  })
}
