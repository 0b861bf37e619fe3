import { findCodes } from '../discounts/bulk-delete-codes.ts'
import { findDiscounts } from '../discounts/search-discounts.ts'
import { summarize } from '../discounts/summary.ts'
import { toGid } from '../gid.ts'
import { type Html, html, page } from '../pages/html.ts'
import { type Discount, discountStatus, nodeKind } from '../shop/discount.ts'
import { type Shop, toIso } from '../shop/shop.ts'

/** Codes or discounts on one page. */
export const PAGE_SIZE = 50

export function adminPage(shop: Shop, title: string, body: Html): string {
  return page({ title, area: 'admin', shopName: shop.name }, body)
}

function statusBadge(shop: Shop, discount: Discount): Html {
  const status = discountStatus(discount, shop.clock.now())
  return html`<span class="badge ${status === 'ACTIVE' ? 'good' : status === 'EXPIRED' ? 'bad' : ''}">${status.toLowerCase()}</span>`
}

export function pager(path: string, query: string, pageNumber: number, total: number): Html | null {
  const pages = Math.max(1, Math.ceil(total / PAGE_SIZE))
  if (pages === 1) return null
  const link = (number: number, label: string): Html =>
    html`<a href="${path}?page=${number}${query ? `&q=${encodeURIComponent(query)}` : ''}">${label}</a>`
  return html`<p class="actions small">${pageNumber > 1 ? link(pageNumber - 1, 'Previous') : null}<span class="soft">Page ${pageNumber} of ${pages.toLocaleString('en')}</span>${
    pageNumber < pages ? link(pageNumber + 1, 'Next') : null
  }</p>`
}

export function searchBox(path: string, query: string, label: string): Html {
  return html`<form method="get" action="${path}" role="search"><div class="row"><div><label for="q">${label}</label><input id="q" type="search" name="q" value="${query}"></div><button class="quiet">Search</button></div></form>`
}

export function discountList(shop: Shop, query: string, pageNumber: number): string {
  const exact = shop.codes.get(query.trim().toUpperCase())
  const found = exact ? [exact.discount] : findDiscounts(shop, query, 'any').reverse()
  const rows = found.slice((pageNumber - 1) * PAGE_SIZE, pageNumber * PAGE_SIZE)
  const body = html`<h1>Discounts</h1>
${searchBox('/admin', query, 'A code, a title, or a search such as status:active')}
<p class="soft">${found.length.toLocaleString('en')} of ${shop.discounts.size.toLocaleString('en')} discounts, ${shop.codes.size.toLocaleString('en')} codes in the store</p>
<div class="scroll"><table><thead><tr><th>Title</th><th>Status</th><th>Ends</th><th class="number">Codes</th><th class="number">Used</th></tr></thead>
<tbody>${rows.map(
    (
      discount,
    ) => html`<tr><td><a href="/admin/discounts/${discount.id}">${discount.title}</a><br><span class="small soft">${summarize(shop, discount)}</span></td>
<td>${statusBadge(shop, discount)}</td><td>${discount.endsAt === null ? 'never' : toIso(discount.endsAt)}</td>
<td class="number">${discount.automatic ? 'automatic' : discount.codes.length.toLocaleString('en')}</td><td class="number">${usesOf(discount)}</td></tr>`,
  )}</tbody></table></div>
${rows.length === 0 ? html`<p class="soft">No discount fits.</p>` : null}${pager('/admin', query, pageNumber, found.length)}`
  return adminPage(shop, 'Discounts', body)
}

function usesOf(discount: Discount): number {
  return discount.automatic ? discount.asyncUses : discount.codes.reduce((sum, code) => sum + code.uses, 0)
}

/** The value of a `datetime-local` input, in UTC. */
function toInput(at: number | null): string {
  return at === null ? '' : new Date(at).toISOString().slice(0, 16)
}

export function discountPage(
  shop: Shop,
  discount: Discount,
  query: string,
  pageNumber: number,
  problem: string | null,
): string {
  const path = `/admin/discounts/${discount.id}`
  const body = html`<p><a href="/admin">Discounts</a></p>
<h1>${discount.title} ${statusBadge(shop, discount)}</h1>
${problem ? html`<p class="notice bad" role="alert">${problem}</p>` : null}
<p class="soft">${summarize(shop, discount)}<br><code>${toGid(nodeKind(discount), discount.id)}</code></p>
<div class="columns"><div>${discount.automatic ? null : codeTable(discount, path, query, pageNumber)}</div>
<div>${editForm(discount, path)}
<form class="card actions" method="post" action="${path}/state">
${
  discountStatus(discount, shop.clock.now()) === 'ACTIVE'
    ? html`<button class="quiet" name="change" value="deactivate">Deactivate</button>`
    : html`<button class="quiet" name="change" value="activate">Activate</button>`
}
<button class="danger" name="change" value="delete">Delete discount</button></form></div></div>`
  return adminPage(shop, discount.title, body)
}

/** What a merchant may change here; an app finds it as drift. */
function editForm(discount: Discount, path: string): Html {
  const { value } = discount
  return html`<form class="card" method="post" action="${path}"><h2 style="margin-top: 0">Edit</h2>
<label for="title">Title</label><input id="title" type="text" name="title" value="${discount.title}" required maxlength="255">
${value.kind === 'percentage' && discount.kind === 'basic' ? html`<label for="percent">Percentage</label><input id="percent" type="number" name="percent" value="${value.basisPoints / 100}" min="0" max="100" step="0.01">` : null}
${value.kind === 'amount' ? html`<label for="amount">Amount</label><input id="amount" type="number" name="amount" value="${(value.amountMinor / 100).toFixed(2)}" min="0" step="0.01">` : null}
<label for="startsAt">Starts at (UTC)</label><input id="startsAt" type="datetime-local" name="startsAt" value="${toInput(discount.startsAt)}">
<label for="endsAt">Ends at (UTC, empty for never)</label><input id="endsAt" type="datetime-local" name="endsAt" value="${toInput(discount.endsAt)}">
<label for="usageLimit">Uses of each code (empty for unlimited)</label><input id="usageLimit" type="number" name="usageLimit" value="${discount.usageLimit ?? ''}" min="1">
<label class="inline"><input type="checkbox" name="once" value="1"${discount.appliesOncePerCustomer ? html` checked` : null}> Once per customer</label>
<p class="actions"><button>Save</button></p></form>`
}

function codeTable(discount: Discount, path: string, query: string, pageNumber: number): Html {
  const found = query ? findCodes(discount, query) : discount.codes
  const rows = found.slice((pageNumber - 1) * PAGE_SIZE, pageNumber * PAGE_SIZE)
  return html`${searchBox(path, query, 'Search in the codes')}
<p class="soft">${found.length.toLocaleString('en')} of ${discount.codes.length.toLocaleString('en')} codes</p>
<div class="scroll"><table><thead><tr><th>Code</th><th class="number">Used</th><th class="number">Delete</th></tr></thead>
<tbody>${rows.map(
    (code) => html`<tr><td><code>${code.code}</code></td><td class="number">${code.uses}</td>
<td class="number"><form method="post" action="${path}/codes/delete"><button class="link" name="id" value="${code.id}" aria-label="Delete ${code.code}">Delete</button></form></td></tr>`,
  )}</tbody></table></div>${pager(path, query, pageNumber, found.length)}`
}
