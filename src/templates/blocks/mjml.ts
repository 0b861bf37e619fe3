import { couponMjml } from './coupon.ts'
import type { Block, BlockDocument, BlockSettings, LeafBlock, ProductBlock } from './document.ts'
import { escapeAround } from './escape.ts'

/** A document as MJML. Template tags stand in it as they are; `compileBlocks` hides them from MJML's parser. */
export function blocksToMjml(document: BlockDocument): string {
  const { settings, blocks } = document
  return [
    `<mjml lang="${settings.language}"><mj-head>`,
    settings.previewText === undefined ? '' : `<mj-preview>${escapeAround(settings.previewText)}</mj-preview>`,
    headMjml(settings),
    `</mj-head><mj-body width="${settings.width}px" background-color="${settings.background}" css-class="page">`,
    ...blocks.map((block) => guard(block.showIf, sectionMjml(block, settings))),
    '</mj-body></mjml>',
  ].join('\n')
}

/** Fonts, links and what changes where the reader's mail program is dark. */
function headMjml(settings: BlockSettings): string {
  return `<mj-attributes>
<mj-all font-family="${settings.font}" />
<mj-text color="${settings.color}" font-size="16px" line-height="1.5" padding="10px 24px" css-class="body-text" />
<mj-section background-color="${settings.surface}" padding="8px 0" css-class="surface" />
</mj-attributes>
<mj-raw><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"></mj-raw>
<mj-style>
:root { color-scheme: light dark; supported-color-schemes: light dark; }
a { color: ${settings.link}; }
.coupon-code { letter-spacing: 2px; }
@media (max-width: 480px) { .coupon-code div { font-size: 24px !important; letter-spacing: 1px; } }
@media (prefers-color-scheme: dark) {
  body, .page { background-color: #121316 !important; }
  .surface, .surface > table { background: #1d1f24 !important; background-color: #1d1f24 !important; }
  .body-text div, .body-text h1, .body-text h2, .body-text h3, .body-text p { color: #eceef2 !important; }
  .body-text a { color: #9db4ff !important; }
  .coupon > table > tbody > tr > td > table { background-color: #262930 !important; border-color: #8f97ab !important; }
  .coupon .coupon-code div { color: #ffffff !important; }
  .coupon .coupon-note div { color: #c3c8d4 !important; }
  .coupon .coupon-button table td, .coupon .coupon-button a { background: #eceef2 !important; color: #1a1a2e !important; }
}
</mj-style>`
}

/** Puts a condition of the template language around a section. */
function guard(condition: string | undefined, mjml: string): string {
  if (!condition?.trim()) return mjml
  return `<mj-raw>{% if ${condition.trim()} %}</mj-raw>${mjml}<mj-raw>{% endif %}</mj-raw>`
}

function sectionMjml(block: Block, settings: BlockSettings): string {
  if (block.type === 'product') return productMjml(block, settings)
  if (block.type !== 'columns') {
    if (block.type === 'coupon') return couponMjml(block)
    return `<mj-section><mj-column>${leafMjml(block, settings)}</mj-column></mj-section>`
  }
  const columns = block.columns.map((leaves) => {
    const content = leaves.map((leaf) => guard(leaf.showIf, leafMjml(leaf, settings)))
    return `<mj-column vertical-align="top">${content.join('')}</mj-column>`
  })
  return `<mj-section>${columns.join('')}</mj-section>`
}

/** A block inside a column. */
function leafMjml(block: LeafBlock, settings: BlockSettings): string {
  switch (block.type) {
    case 'text': {
      const color = block.color === undefined ? '' : ` color="${block.color}"`
      return `<mj-text align="${block.align}" font-size="${block.size}px"${color}>${block.html}</mj-text>`
    }
    case 'image': {
      const link = block.href === undefined ? '' : ` href="${escapeAround(block.href)}"`
      const width = block.width === undefined ? '' : ` width="${block.width}px"`
      return `<mj-image src="${escapeAround(block.src)}" alt="${escapeAround(block.alt)}" align="${block.align}"${link}${width} />`
    }
    case 'button':
      return buttonMjml(block, block.background ?? settings.link)
    case 'divider':
      return `<mj-divider border-width="${block.thickness}px" border-color="${block.color}" padding="12px 24px" />`
    case 'social':
      return socialMjml(block)
    case 'html':
      return `<mj-text>${block.html}</mj-text>`
    case 'coupon':
      return couponMjml(block, 'column')
  }
}

function buttonMjml(block: Extract<LeafBlock, { type: 'button' }>, background: string): string {
  const look = `background-color="${background}" color="${block.color}" border-radius="${block.radius}px"`
  const space = 'inner-padding="14px 28px" font-size="16px" font-weight="bold" padding="12px 24px"'
  return `<mj-button href="${escapeAround(block.href)}" align="${block.align}" ${look} ${space}>${escapeAround(block.text)}</mj-button>`
}

function socialMjml(block: Extract<LeafBlock, { type: 'social' }>): string {
  const links = block.links.map(({ label, href }) => `<a href="${escapeAround(href)}">${escapeAround(label)}</a>`)
  return `<mj-text align="${block.align}" font-size="14px">${links.join(' &nbsp;·&nbsp; ')}</mj-text>`
}

function productMjml(block: ProductBlock, settings: BlockSettings): string {
  const href = block.href === undefined ? '' : ` href="${escapeAround(block.href)}"`
  const image =
    block.image === undefined
      ? ''
      : `<mj-column width="35%"><mj-image src="${escapeAround(block.image)}" alt="${escapeAround(block.title)}"${href} /></mj-column>`
  const title = block.href === undefined ? escapeAround(block.title) : `<a${href}>${escapeAround(block.title)}</a>`
  const price = block.price === undefined ? '' : `<mj-text padding-top="0">${escapeAround(block.price)}</mj-text>`
  const button =
    block.button === undefined || block.href === undefined
      ? ''
      : buttonMjml(
          { type: 'button', text: block.button, href: block.href, align: 'left', color: '#ffffff', radius: 6 },
          settings.link,
        )
  const width = image === '' ? '' : ' width="65%"'
  const body = `<mj-column${width} vertical-align="middle"><mj-text font-weight="bold">${title}</mj-text>${price}${button}</mj-column>`
  const section = `<mj-section>${image}${body}</mj-section>`
  const list = block.list?.trim()
  return list ? `<mj-raw>{% for item in ${list} %}</mj-raw>${section}<mj-raw>{% endfor %}</mj-raw>` : section
}
