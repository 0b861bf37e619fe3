import { toGid } from '../gid.ts'
import { toPrice } from '../money.ts'
import { findOrders } from '../orders/search-orders.ts'
import { html } from '../pages/html.ts'
import { discountCodesOf, type Order, refundedMinor } from '../shop/order.ts'
import { type Shop, toIso } from '../shop/shop.ts'
import { orderLines } from '../storefront/checkout-page.ts'
import { adminPage, PAGE_SIZE, pager, searchBox } from './discount-pages.ts'

export function orderList(shop: Shop, query: string, pageNumber: number): string {
  const found = findOrders(shop, query).sort((left, right) => right.createdAt - left.createdAt || right.id - left.id)
  const rows = found.slice((pageNumber - 1) * PAGE_SIZE, pageNumber * PAGE_SIZE)
  const body = html`<h1>Orders</h1>
${searchBox('/admin/orders', query, 'A number, an email, or a search such as discount_code:HELLO')}
<p class="soft">${found.length.toLocaleString('en')} orders</p>
<div class="scroll"><table><thead><tr><th>Order</th><th>Email</th><th>Codes</th><th>State</th><th class="number">Total</th></tr></thead>
<tbody>${rows.map(
    (
      order,
    ) => html`<tr><td><a href="/admin/orders/${order.id}">${order.name}</a><br><span class="small soft">${toIso(order.createdAt)}</span></td>
<td>${order.email ?? 'none'}</td><td>${discountCodesOf(order).map((code) => html`<code>${code}</code> `)}</td>
<td>${stateOf(order)}</td><td class="number">${toPrice(order.totalMinor)}</td></tr>`,
  )}</tbody></table></div>
${rows.length === 0 ? html`<p class="soft">No order fits.</p>` : null}${pager('/admin/orders', query, pageNumber, found.length)}`
  return adminPage(shop, 'Orders', body)
}

function stateOf(order: Order): string {
  return order.cancelledAt === null ? order.financialStatus.toLowerCase().replace('_', ' ') : 'cancelled'
}

export function orderAdminPage(shop: Shop, order: Order): string {
  const left = order.totalMinor - refundedMinor(order)
  const renews = order.lines.some((line) => line.sellingPlan !== null)
  const path = `/admin/orders/${order.id}`
  const body = html`<p><a href="/admin/orders">Orders</a></p><h1>Order ${order.name} <span class="badge">${stateOf(order)}</span></h1>
<div class="columns"><div class="card">${orderLines(order)}</div>
<div><dl class="card facts"><dt>Id</dt><dd><code>${toGid('Order', order.id)}</code></dd><dt>Email</dt><dd>${order.email ?? 'none'}</dd>
<dt>Source</dt><dd>${order.sourceName}</dd><dt>Refunded</dt><dd>${toPrice(refundedMinor(order))}</dd>
<dt>Buyer's page</dt><dd><a href="/orders/${order.statusToken}">Open</a></dd></dl>
${
  left > 0
    ? html`<form class="card" method="post" action="${path}/refund" style="margin-top: 1rem"><div class="row"><div><label for="amount">Refund</label><input id="amount" type="number" name="amount" value="${(left / 100).toFixed(2)}" min="0.01" max="${(left / 100).toFixed(2)}" step="0.01"></div><button class="quiet">Refund</button></div></form>`
    : null
}
<form class="actions" method="post" action="${path}/change">
${order.cancelledAt === null ? html`<button class="danger" name="change" value="cancel">Cancel order</button>` : null}
${renews ? html`<button class="quiet" name="change" value="renew">Make the next renewal</button>` : null}</form></div></div>`
  return adminPage(shop, `Order ${order.name}`, body)
}
