import type { CouponBlock } from './document.ts'
import { escapeAround } from './escape.ts'

type Look = { background: string; border: string; color: string; note: string; button: string; buttonText: string }

/** Colours of a look around its accent. */
function lookOf(block: CouponBlock): Look {
  const { accent } = block
  if (block.look === 'solid') {
    return {
      background: accent,
      border: `1px solid ${accent}`,
      color: '#ffffff',
      note: '#ffffff',
      button: '#ffffff',
      buttonText: accent,
    }
  }
  const border = block.look === 'ticket' ? `2px dashed ${accent}` : '1px solid #ffffff'
  return { background: '#ffffff', border, color: accent, note: '#5b6070', button: accent, buttonText: '#ffffff' }
}

/**
 * A person's own code: title, code, note, picture, deadline and a button that applies the code.
 *
 * Made of tables with colours on every cell, so that it looks alike in mail programs that know little CSS; `coupon` and
 * `coupon-note` are the classes that the dark colours hang on. In a column it stands without a section of its own.
 */
export function couponMjml(block: CouponBlock, place: 'section' | 'column' = 'section'): string {
  const look = lookOf(block)
  const parts = [
    `<mj-text align="center" font-size="15px" color="${look.note}" css-class="coupon-note" padding="18px 16px 4px">${escapeAround(block.title)}</mj-text>`,
    codeMjml(block, look),
    block.note === undefined ? '' : noteMjml(escapeAround(block.note), look),
    pictureMjml(block),
    expiryMjml(block, look),
    buttonMjml(block, look),
    '<mj-spacer height="14px" />',
  ].join('\n')
  if (place === 'column') return parts
  const frame = `inner-background-color="${look.background}" inner-border="${look.border}" inner-border-radius="10px" padding="8px 24px"`
  return `<mj-section><mj-column ${frame} css-class="${couponClass(block)}">${parts}</mj-column></mj-section>`
}

/** A filled box keeps its own colours in the dark. */
function couponClass(block: CouponBlock): string {
  return block.look === 'solid' ? 'coupon-solid' : 'coupon'
}

function codeMjml(block: CouponBlock, look: Look): string {
  const font = `font-family="'Courier New', Courier, monospace" font-size="28px" font-weight="bold" line-height="1.3"`
  return `<mj-text align="center" ${font} color="${look.color}" css-class="coupon-code" padding="4px 12px">{% coupon_code '${block.coupon}' %}</mj-text>`
}

function noteMjml(html: string, look: Look): string {
  return `<mj-text align="center" font-size="14px" color="${look.note}" css-class="coupon-note" padding="4px 16px">${html}</mj-text>`
}

function expiryMjml(block: CouponBlock, look: Look): string {
  if (block.expiry === undefined) return ''
  const date = `{% coupon_expires '${block.coupon}' '${block.expiryFormat}' as coupon_end %}`
  return noteMjml(`${date}{% if coupon_end %}${escapeAround(block.expiry)} {{ coupon_end }}{% endif %}`, look)
}

function buttonMjml(block: CouponBlock, look: Look): string {
  if (!block.button) return ''
  const href = escapeAround(`{% coupon_link '${block.coupon}' '${block.button.path}' %}`)
  const style = `background-color="${look.button}" color="${look.buttonText}" border-radius="6px" font-weight="bold" font-size="16px"`
  return `<mj-button href="${href}" ${style} inner-padding="13px 28px" padding="12px 16px" css-class="coupon-button">${escapeAround(block.button.text)}</mj-button>`
}

/** On white also in the dark, because scanners need it. */
function pictureMjml(block: CouponBlock): string {
  if (block.picture === 'none') return ''
  const [tag, width] =
    block.picture === 'qr'
      ? [`{% qr '${block.coupon}' size=140 mode=url %}`, 140]
      : [`{% barcode '${block.coupon}' coupon=True mode=url width=240 height=64 %}`, 240]
  return `<mj-image src="${escapeAround(tag)}" alt="{% coupon_code '${block.coupon}' %}" width="${width}px" css-class="picture" padding="10px 16px" />`
}
