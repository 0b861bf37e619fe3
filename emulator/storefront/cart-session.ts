import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Checkout } from '../orders/place-order.ts'
import { distinct } from '../orders/price-basket.ts'
import { randomHex } from '../random.ts'
import type { Cart } from '../shop/cart.ts'
import type { Shop } from '../shop/shop.ts'

const COOKIE = 'cart'

/** Two weeks, as the cart cookie of a shop lives; the life of Shopify's discount cookie is not published. */
const COOKIE_SECONDS = 14 * 24 * 3600

function readCookie(request: FastifyRequest): string | undefined {
  const pair = (request.headers.cookie ?? '').split(/;\s*/).find((part) => part.startsWith(`${COOKIE}=`))
  return pair?.slice(COOKIE.length + 1)
}

/** The visitor's cart if there is one that was not yet bought. */
export function findCart(shop: Shop, request: FastifyRequest): Cart | undefined {
  const cart = shop.carts.get(readCookie(request) ?? '')
  return cart?.completedAt === null ? cart : undefined
}

/** The visitor's cart, made and remembered by cookie when there is none. */
export function openCart(shop: Shop, request: FastifyRequest, reply: FastifyReply): Cart {
  const known = findCart(shop, request)
  if (known) return known
  const now = shop.clock.now()
  const cart: Cart = {
    token: randomHex(shop.random, 32),
    lines: [],
    codes: [],
    createdAt: now,
    updatedAt: now,
    checkoutToken: null,
    completedAt: null,
    email: null,
  }
  shop.carts.set(cart.token, cart)
  rememberCart(cart, reply)
  return cart
}

export function rememberCart(cart: Cart, reply: FastifyReply): void {
  reply.header('set-cookie', `${COOKIE}=${cart.token}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${COOKIE_SECONDS}`)
}

/** Puts a code in front: a new link or entry goes before what was there. */
export function addCode(cart: Cart, code: string): void {
  const trimmed = code.trim()
  if (trimmed) cart.codes = distinct([trimmed, ...cart.codes])
}

export function removeCode(cart: Cart, code: string): void {
  cart.codes = cart.codes.filter((one) => one.toUpperCase() !== code.toUpperCase())
}

/** Adds to the line of the same variant and kind of purchase, or sets it. A quantity of 0 takes the line out. */
export function setLine(
  cart: Cart,
  variantId: number,
  subscription: boolean,
  change: (before: number) => number,
): void {
  const index = cart.lines.findIndex((line) => line.variantId === variantId && line.subscription === subscription)
  const quantity = Math.min(Math.max(0, Math.floor(change(cart.lines[index]?.quantity ?? 0))), 999)
  const line = { variantId, subscription, quantity: Number.isFinite(quantity) ? quantity : 0 }
  if (index < 0) cart.lines.push(line)
  else cart.lines[index] = line
  cart.lines = cart.lines.filter((one) => one.quantity > 0)
}

/** What a cart is priced and bought as. */
export function toCheckout(cart: Cart): Checkout {
  return {
    lines: cart.lines,
    codes: cart.codes,
    email: cart.email,
    cartToken: cart.token,
    checkoutToken: cart.checkoutToken,
  }
}
