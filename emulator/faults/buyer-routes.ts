import type { FastifyInstance } from 'fastify'
import { cancelOrder, refundOrder } from '../orders/change-order.ts'
import { placeOrder } from '../orders/place-order.ts'
import { renewOrder } from '../orders/renew-order.ts'
import type { Shop } from '../shop/shop.ts'
import { orderPayload } from '../webhooks/payload.ts'

interface CheckoutBody {
  lines?: { variantId?: number; handle?: string; quantity?: number; subscription?: boolean }[]
  codes?: string[]
  email?: string
  country?: string
}

/** Buyers without a browser: the same checkout, renewals, cancellations and refunds as the pages, as JSON. */
export function registerBuyers(server: FastifyInstance, shop: Shop): void {
  server.post('/_emulator/checkout', (request, reply) => {
    const { lines = [], codes = [], email = null, country = 'CA' } = (request.body ?? {}) as CheckoutBody
    const found = lines.map((line) => ({
      variantId: line.variantId ?? findVariant(shop, line.handle),
      quantity: line.quantity ?? 1,
      subscription: line.subscription ?? false,
    }))
    const result = placeOrder(shop, { lines: found.length > 0 ? found : [firstLine(shop)], codes, email, country })
    if (result.status === 'placed') return reply.send({ status: 'placed', order: orderPayload(shop, result.order) })
    return reply.code(422).send(result)
  })
  server.post('/_emulator/orders/:id/:change', (request, reply) => {
    const { id, change } = request.params as { id: string; change: string }
    const order = shop.orders.get(Number(id))
    if (!order) return reply.code(404).send({ error: `No order ${id}` })
    const body = (request.body ?? {}) as { amountMinor?: number; cycle?: number; asManual?: boolean }
    if (change === 'cancel') cancelOrder(shop, order)
    else if (change === 'refund') refundOrder(shop, order, body.amountMinor ?? order.totalMinor)
    else if (change === 'renew') {
      const renewed = renewOrder(shop, order, { cycle: body.cycle ?? 2, asManual: body.asManual ?? false })
      return renewed
        ? reply.send(orderPayload(shop, renewed))
        : reply.code(422).send({ error: 'The order has no subscription' })
    } else return reply.code(404).send({ error: `No change ${change}` })
    return reply.send(orderPayload(shop, order))
  })
}

function findVariant(shop: Shop, handle: string | undefined): number {
  const product = [...shop.products.values()].find((one) => one.handle === handle)
  return product?.variants[0]?.id ?? 0
}

function firstLine(shop: Shop): { variantId: number; quantity: number; subscription: boolean } {
  return { variantId: [...shop.variants.keys()][0] ?? 0, quantity: 1, subscription: false }
}
