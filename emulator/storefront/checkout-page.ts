import { toPrice } from '../money.ts'
import type { PricedBasket } from '../orders/price-basket.ts'
import { type Html, html } from '../pages/html.ts'
import type { Cart } from '../shop/cart.ts'
import type { Order } from '../shop/order.ts'
import { type Shop, toIso } from '../shop/shop.ts'
import { discountBox, totals } from './cart-page.ts'
import { storePage } from './product-pages.ts'

/** Countries that the checkout offers. */
const COUNTRIES: readonly [string, string][] = [
  ['CA', 'Canada'],
  ['US', 'United States'],
  ['GB', 'United Kingdom'],
  ['DE', 'Germany'],
  ['FR', 'France'],
  ['JP', 'Japan'],
]

/** What the buyer has typed, to be shown again when something is wrong. */
export interface CheckoutForm {
  email: string
  firstName: string
  lastName: string
  country: string
}

export function checkoutPage(
  shop: Shop,
  cart: Cart,
  priced: PricedBasket,
  form: CheckoutForm,
  problem: string | null,
): string {
  const body = html`<h1>Checkout</h1>
${problem ? html`<p class="notice bad" role="alert">${problem}</p>` : null}
<div class="columns">
<form class="card" method="post" action="/checkout">
<label for="email">Email</label><input id="email" type="email" name="email" value="${form.email}" autocomplete="email" required>
<label for="firstName">First name</label><input id="firstName" type="text" name="firstName" value="${form.firstName}" autocomplete="given-name">
<label for="lastName">Last name</label><input id="lastName" type="text" name="lastName" value="${form.lastName}" autocomplete="family-name">
<label for="country">Country</label><select id="country" name="country">${COUNTRIES.map(
    ([code, name]) => html`<option value="${code}"${form.country === code ? html` selected` : null}>${name}</option>`,
  )}</select>
<label class="inline"><input type="checkbox" name="marketing" value="1"> Send me news and offers</label>
<p class="actions"><button>Pay ${toPrice(priced.totalMinor)}</button> <button class="quiet" name="refresh" value="1">Check codes again</button></p>
<p class="small soft">No payment is taken.</p>
</form>
<div class="card">${summary(shop, cart)}${discountBox(cart, priced, '/checkout')}${totals(priced)}</div>
</div>`
  return storePage(shop, cart, 'Checkout', body)
}

function summary(shop: Shop, cart: Cart): Html {
  return html`<table><tbody>${cart.lines.map((line) => {
    const variant = shop.variants.get(line.variantId)
    const product = variant && shop.products.get(variant.productId)
    return html`<tr><td>${line.quantity} × ${product?.title ?? 'Gone'}${variant && variant.title !== 'Default Title' ? html` <span class="soft">${variant.title}</span>` : null}${line.subscription ? html` <span class="badge">Subscription</span>` : null}</td><td class="number">${toPrice((variant?.priceMinor ?? 0) * line.quantity)}</td></tr>`
  })}</tbody></table>`
}

/** The page that the buyer sees after paying, and later from the order's link. */
export function orderPage(shop: Shop, order: Order): string {
  const body = html`<p class="notice ${order.cancelledAt === null ? 'good' : 'bad'}">${
    order.cancelledAt === null
      ? `Thank you. Your order ${order.name} is confirmed.`
      : `Order ${order.name} was cancelled.`
  }</p>
<h1>Order ${order.name}</h1>
<div class="columns"><div class="card">${orderLines(order)}</div>
<dl class="card facts"><dt>Email</dt><dd>${order.email ?? 'none'}</dd><dt>Placed</dt><dd>${toIso(order.createdAt)}</dd><dt>Payment</dt><dd>${order.financialStatus.toLowerCase().replace('_', ' ')}</dd></dl></div>
<p><a href="/">Back to the products</a></p>`
  return storePage(shop, undefined, `Order ${order.name}`, body)
}

export function orderLines(order: Order): Html {
  return html`<table><tbody>${order.lines.map(
    (line) =>
      html`<tr><td>${line.quantity} × ${line.title}${line.variantTitle ? html` <span class="soft">${line.variantTitle}</span>` : null}${
        line.sellingPlan ? html` <span class="badge">Subscription</span>` : null
      }</td><td class="number">${toPrice(line.priceMinor * line.quantity)}</td></tr>`,
  )}
${order.applications.map((one) => html`<tr><td>${one.code ?? one.title}</td><td class="number">−${toPrice(one.amountMinor)}</td></tr>`)}
<tr><td>Shipping</td><td class="number">${toPrice(order.shippingMinor)}</td></tr>
<tr class="total"><td>Total</td><td class="number">${toPrice(order.totalMinor)}</td></tr></tbody></table>`
}
