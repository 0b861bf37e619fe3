import { toPrice } from '../money.ts'
import { type Html, html, page } from '../pages/html.ts'
import type { Cart } from '../shop/cart.ts'
import type { Product } from '../shop/catalog.ts'
import type { Shop } from '../shop/shop.ts'

/** The head of a storefront page. */
export function storePage(shop: Shop, cart: Cart | undefined, title: string, body: Html): string {
  const cartItems = (cart?.lines ?? []).reduce((sum, line) => sum + line.quantity, 0)
  return page({ title, area: 'store', shopName: shop.name, cartItems }, body)
}

/** A stand-in for a photograph: the first letter on a colour of the product's own. */
function picture(product: Product): Html {
  const hue = [...product.title].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 360, 7)
  return html`<span class="picture" aria-hidden="true" style="background: hsl(${hue} 32% 42%)">${product.title.slice(0, 1)}</span>`
}

/** Codes that came by link or were entered, so that the visitor sees that they are kept. */
function codeNotice(cart: Cart | undefined): Html | null {
  if (!cart || cart.codes.length === 0) return null
  return html`<p class="notice good">Discount ${cart.codes.length === 1 ? 'code' : 'codes'} <strong>${cart.codes.join(', ')}</strong> will be tried at checkout.</p>`
}

export function productList(shop: Shop, cart: Cart | undefined): string {
  const products = [...shop.products.values()].filter((product) => product.status === 'ACTIVE')
  const body = html`${codeNotice(cart)}<h1>Products</h1>
${products.length === 0 ? html`<p class="soft">This shop sells nothing yet.</p>` : null}
<ul class="grid">${products.map(
    (product) => html`<li><a class="card product" href="/products/${product.handle}">${picture(product)}
<strong>${product.title}</strong>
<span>${toPrice(product.variants[0]?.priceMinor ?? 0)}</span>
${product.sellingPlan && shop.settings.sellsSubscriptions ? html`<span class="small soft">Also as a subscription</span>` : null}</a></li>`,
  )}</ul>`
  return storePage(shop, cart, 'Products', body)
}

export function productPage(shop: Shop, cart: Cart | undefined, product: Product): string {
  const subscribes = product.sellingPlan && shop.settings.sellsSubscriptions
  const body = html`${codeNotice(cart)}<div class="columns">
<div>${picture(product)}</div>
<div>
<h1>${product.title}</h1>
<p>${toPrice(product.variants[0]?.priceMinor ?? 0)}</p>
<p class="soft">${product.description}</p>
<form method="post" action="/cart/add">
${
  product.variants.length > 1
    ? html`<label for="variant">Size</label><select id="variant" name="variant">${product.variants.map((variant) => html`<option value="${variant.id}">${variant.title}</option>`)}</select>`
    : html`<input type="hidden" name="variant" value="${product.variants[0]?.id ?? 0}">`
}
${
  subscribes
    ? html`<label for="purchase">Purchase</label><select id="purchase" name="purchase"><option value="once">One-time purchase</option><option value="subscription">Subscription: ${product.sellingPlan?.name ?? ''}</option></select>`
    : null
}
<label for="quantity">Quantity</label><input id="quantity" type="number" name="quantity" value="1" min="1" max="99">
<p class="actions"><button>Add to cart</button></p>
</form>
</div></div>`
  return storePage(shop, cart, product.title, body)
}
