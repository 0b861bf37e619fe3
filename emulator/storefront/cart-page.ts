import { toPrice } from '../money.ts'
import { priceCheckout } from '../orders/place-order.ts'
import type { PricedBasket } from '../orders/price-basket.ts'
import { type Html, html } from '../pages/html.ts'
import type { Cart, CartLine } from '../shop/cart.ts'
import type { Shop } from '../shop/shop.ts'
import { toCheckout } from './cart-session.ts'
import { storePage } from './product-pages.ts'

export function cartPage(shop: Shop, cart: Cart | undefined): string {
  if (!cart || cart.lines.length === 0) {
    return storePage(
      shop,
      cart,
      'Cart',
      html`<h1>Cart</h1><p class="soft">Your cart is empty.</p><p><a class="button" href="/">See the products</a></p>`,
    )
  }
  const priced = priceCheckout(shop, toCheckout(cart))
  const body = html`<h1>Cart</h1>
<div class="columns">
<div>${cart.lines.map((line) => lineCard(shop, line))}</div>
<div class="card">${discountBox(cart, priced, '/cart')}${totals(priced)}
<p class="actions"><a class="button" href="/checkout">Check out</a></p></div>
</div>`
  return storePage(shop, cart, 'Cart', body)
}

function lineCard(shop: Shop, line: CartLine): Html {
  const variant = shop.variants.get(line.variantId)
  const product = variant && shop.products.get(variant.productId)
  const title = product?.title ?? 'Gone'
  const purchase = line.subscription ? 'subscription' : 'once'
  const field = `quantity-${line.variantId}-${purchase}`
  return html`<form class="card" method="post" action="/cart/change" style="margin-bottom: 1rem">
<input type="hidden" name="variant" value="${line.variantId}"><input type="hidden" name="purchase" value="${purchase}">
<strong>${title}</strong>${variant && variant.title !== 'Default Title' ? html` <span class="soft">${variant.title}</span>` : null}
${line.subscription ? html`<br><span class="badge">Subscription</span>` : null}
<div class="row" style="margin-top: .6rem"><div><label for="${field}">Quantity</label><input id="${field}" type="number" name="quantity" value="${line.quantity}" min="0" max="999"></div>
<button class="quiet">Update</button><button class="danger" name="remove" value="1">Remove</button><span>${toPrice((variant?.priceMinor ?? 0) * line.quantity)}</span></div>
</form>`
}

/** Entry of codes, with what became of those that were entered; `back` is the page that shows it. */
export function discountBox(cart: Cart, priced: PricedBasket, back: string): Html {
  const known = new Map(priced.refused.map((one) => [one.code.toUpperCase(), one]))
  return html`<form method="post" action="/cart/discount"><input type="hidden" name="back" value="${back}">
<div class="row"><div><label for="code">Discount code</label><input id="code" type="text" name="code" autocomplete="off" maxlength="255"></div><button class="quiet">Apply</button></div></form>
${cart.codes.map((code) => {
  const refused = known.get(code.toUpperCase())
  return html`<form method="post" action="/cart/discount" style="margin-top: .8rem"><input type="hidden" name="back" value="${back}"><input type="hidden" name="remove" value="${code}">
<span class="badge ${refused ? 'bad' : 'good'}">${code}</span> <button class="link" aria-label="Remove ${code}">Remove</button>
${refused ? html`<p class="small" role="alert">${refused.message}<br><code class="soft">${refused.reason}</code></p>` : null}</form>`
})}`
}

export function totals(priced: PricedBasket): Html {
  return html`<table style="margin-top: 1rem"><tbody>
<tr><td>Subtotal</td><td class="number">${toPrice(priced.subtotalMinor)}</td></tr>
${priced.applied.map((one) => html`<tr><td>${one.code?.code ?? one.discount.title}</td><td class="number">−${toPrice(one.amountMinor)}</td></tr>`)}
<tr><td>Shipping</td><td class="number">${priced.shippingMinor === 0 ? 'None' : toPrice(priced.shippingMinor)}</td></tr>
<tr class="total"><td>Total</td><td class="number">${toPrice(priced.totalMinor)}</td></tr>
</tbody></table>`
}
