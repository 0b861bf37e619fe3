import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type PlaceResult, placeOrder, priceCheckout } from '../orders/place-order.ts'
import { html } from '../pages/html.ts'
import { randomHex } from '../random.ts'
import type { Cart } from '../shop/cart.ts'
import type { Shop } from '../shop/shop.ts'
import { cartPage } from './cart-page.ts'
import { addCode, findCart, openCart, rememberCart, removeCode, setLine, toCheckout } from './cart-session.ts'
import { type CheckoutForm, checkoutPage, orderPage } from './checkout-page.ts'
import { productList, productPage, storePage } from './product-pages.ts'

type Fields = Record<string, string | undefined>

/** The shop as a visitor sees it: products, cart, links with codes, checkout, order. */
export function registerStorefront(server: FastifyInstance, shop: Shop): void {
  server.get('/', (request, reply) => send(reply, productList(shop, findCart(shop, request))))
  server.get('/products/:handle', (request, reply) => {
    const { handle } = request.params as { handle: string }
    const product = [...shop.products.values()].find((one) => one.handle === handle)
    return product ? send(reply, productPage(shop, findCart(shop, request), product)) : sendMissing(shop, reply)
  })
  server.get('/cart', (request, reply) => send(reply, cartPage(shop, findCart(shop, request))))
  server.get('/cart/:lines', (request, reply) => openPermalink(shop, request, reply))
  server.get('/discount/:code', (request, reply) => followDiscountLink(shop, request, reply))
  server.get('/checkout', (request, reply) => openCheckout(shop, request, reply))
  server.post('/checkout', (request, reply) => pay(shop, request, reply))
  server.get('/orders/:token', (request, reply) => {
    const { token } = request.params as { token: string }
    const order = [...shop.orders.values()].find((one) => one.statusToken === token)
    return order ? send(reply, orderPage(shop, order)) : sendMissing(shop, reply)
  })
  registerCartForms(server, shop)
}

function send(reply: FastifyReply, page: string, status = 200): FastifyReply {
  return reply.code(status).header('cache-control', 'no-store').type('text/html; charset=utf-8').send(page)
}

function sendMissing(shop: Shop, reply: FastifyReply): FastifyReply {
  return send(
    reply,
    storePage(shop, undefined, 'Not found', html`<h1>Not found</h1><p><a href="/">See the products</a></p>`),
    404,
  )
}

/** A path of this shop, else the front page: a link must not lead to another site. */
export function safePath(path: string | undefined): string {
  return path && /^\/(?![/\\])/.test(path) ? path : '/'
}

function registerCartForms(server: FastifyInstance, shop: Shop): void {
  server.post('/cart/add', (request, reply) => {
    const fields = (request.body ?? {}) as Fields
    const variantId = Number(fields.variant)
    if (!shop.variants.has(variantId)) return sendMissing(shop, reply)
    const quantity = Math.max(1, Number(fields.quantity) || 1)
    setLine(
      openCart(shop, request, reply),
      variantId,
      fields.purchase === 'subscription',
      (before) => before + quantity,
    )
    return reply.redirect('/cart', 303)
  })
  server.post('/cart/change', (request, reply) => {
    const fields = (request.body ?? {}) as Fields
    const quantity = fields.remove ? 0 : Number(fields.quantity)
    setLine(openCart(shop, request, reply), Number(fields.variant), fields.purchase === 'subscription', () => quantity)
    return reply.redirect('/cart', 303)
  })
  server.post('/cart/discount', (request, reply) => {
    const fields = (request.body ?? {}) as Fields
    const cart = openCart(shop, request, reply)
    if (fields.remove) removeCode(cart, fields.remove)
    else addCode(cart, fields.code ?? '')
    return reply.redirect(safePath(fields.back), 303)
  })
}

/** `/discount/CODE?redirect=/path` keeps the code for the visit, whether it is known or not. */
function followDiscountLink(shop: Shop, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { code } = request.params as { code: string }
  const { redirect } = request.query as Fields
  addCode(openCart(shop, request, reply), code)
  return reply.redirect(safePath(redirect), 302)
}

/** `/cart/{variant}:{quantity},...?discount=CODE` fills a cart and leads to the checkout. Several codes are split at commas (UNCERTAIN). */
function openPermalink(shop: Shop, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { lines } = request.params as { lines: string }
  const { discount } = request.query as Fields
  const wanted = lines.split(',').map((part) => part.split(':').map(Number))
  if (wanted.some(([variantId, quantity]) => !shop.variants.has(variantId ?? 0) || !((quantity ?? 0) > 0)))
    return sendMissing(shop, reply)
  const cart = openCart(shop, request, reply)
  cart.lines = []
  for (const [variantId = 0, quantity = 1] of wanted) setLine(cart, variantId, false, (before) => before + quantity)
  for (const code of (discount ?? '').split(',').reverse()) addCode(cart, code)
  return reply.redirect('/checkout', 302)
}

function toForm(cart: Cart, fields: Fields): CheckoutForm {
  return {
    email: fields.email ?? cart.email ?? '',
    firstName: fields.firstName ?? '',
    lastName: fields.lastName ?? '',
    country: fields.country ?? 'CA',
  }
}

/** The checkout of the visitor's cart; with `token` that of an abandoned one. */
function openCheckout(shop: Shop, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { token } = request.query as Fields
  const abandoned = token
    ? [...shop.carts.values()].find((one) => one.checkoutToken === token && one.completedAt === null)
    : undefined
  if (abandoned) rememberCart(abandoned, reply)
  const cart = abandoned ?? findCart(shop, request)
  if (!cart || cart.lines.length === 0) return reply.redirect('/cart', 302)
  if (cart.checkoutToken === null) {
    cart.checkoutToken = randomHex(shop.random, 32)
    cart.updatedAt = shop.clock.now()
    shop.emit('checkouts/create', { kind: 'checkout', cart })
  }
  return send(reply, checkoutPage(shop, cart, priceCheckout(shop, toCheckout(cart)), toForm(cart, {}), null))
}

function pay(shop: Shop, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const cart = findCart(shop, request)
  if (!cart || cart.lines.length === 0) return reply.redirect('/cart', 303)
  const fields = (request.body ?? {}) as Fields
  const form = toForm(cart, fields)
  cart.email = form.email.trim() || null
  cart.updatedAt = shop.clock.now()
  shop.emit('checkouts/update', { kind: 'checkout', cart })
  const checkout = { ...toCheckout(cart), ...form, email: cart.email, acceptsMarketing: fields.marketing === '1' }
  const result: PlaceResult | undefined = fields.refresh ? undefined : placeOrder(shop, checkout)
  if (result?.status === 'placed') {
    cart.completedAt = shop.clock.now()
    shop.emit('checkouts/update', { kind: 'checkout', cart })
    return reply.redirect(`/orders/${result.order.statusToken}`, 303)
  }
  const problem =
    result?.status === 'invalid'
      ? result.message
      : result
        ? 'Remove the codes that do not work, or pay without them.'
        : null
  return send(reply, checkoutPage(shop, cart, priceCheckout(shop, checkout), form, problem), result ? 422 : 200)
}
