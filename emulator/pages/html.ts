import { STYLE } from './style.ts'

/** Text that is already HTML. Made by `html` only, which escapes everything that is put into it. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type Part = Html | string | number | null | undefined | false | readonly Part[]

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character)
}

function render(part: Part): string {
  if (part === null || part === undefined || part === false) return ''
  if (part instanceof Html) return part.text
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part))
  return part.map(render).join('')
}

/** A template whose values are escaped unless they are `Html` themselves; lists are joined, nothing shows as nothing. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(strings.reduce((text, string, index) => text + render(parts[index - 1]) + string))
}

export interface PageHead {
  title: string
  area: 'store' | 'admin'
  /** Items in the cart, shown in the storefront's head. */
  cartItems?: number
  shopName?: string
}

const ADMIN_LINKS: readonly [string, string][] = [
  ['/admin', 'Discounts'],
  ['/admin/orders', 'Orders'],
  ['/admin/webhooks', 'Webhooks'],
  ['/admin/emulator', 'Emulator'],
  ['/', 'Storefront'],
]

/** A whole page with its head and navigation. */
export function page(head: PageHead, body: Html): string {
  const name = head.shopName ?? 'Local shop'
  const links: readonly [string, string][] =
    head.area === 'admin'
      ? ADMIN_LINKS
      : [
          ['/', 'Products'],
          ['/cart', head.cartItems ? `Cart (${head.cartItems})` : 'Cart'],
          ['/admin', 'Admin'],
        ]
  return `<!doctype html>${
    html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${head.title} · ${name}</title>
<link rel="icon" href="data:,">
<style>${new Html(STYLE)}</style>
</head>
<body class="${head.area}">
<header><div class="bar"><a class="brand" href="${head.area === 'admin' ? '/admin' : '/'}">${head.area === 'admin' ? `${name} admin` : name}</a>
<nav aria-label="Main">${links.map(([href, label]) => html`<a href="${href}">${label}</a>`)}</nav></div></header>
<main>
${body}
</main>
<footer>A local stand-in for a Shopify store. Nothing is sold here.</footer>
</body>
</html>`.text
  }`
}
