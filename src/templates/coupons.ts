import { Fault } from './issues.ts'
import type { CouponSource } from './runtime.ts'

/**
 * The code that one person gets of one coupon. `code` is final text; `expiresAt` is null when it never ends; `link` gives
 * the address that applies the code at checkout and goes on to `path`.
 */
export type Coupon = { code: string; expiresAt: Date | null; link?: (path: string) => string }

export type CouponMap = Record<string, Coupon> | Map<string, Coupon>

export function findCoupon(coupons: CouponMap | undefined, name: string): Coupon | undefined {
  if (!coupons) return undefined
  if (coupons instanceof Map) return coupons.get(name)
  return Object.hasOwn(coupons, name) ? coupons[name] : undefined
}

/** Private-use characters that no template writes and that upper, lower, trimming and escaping leave as they are. */
const OPEN = '\u{f0f1d}'
const CLOSE = '\u{f0f2d}'
const DIGIT_BASE = 0xf0f00

const MARKER = new RegExp(`${OPEN}([\u{f0f00}-\u{f0f0f}]+)${CLOSE}`, 'gu')

/**
 * Stands in for codes that are not known (yet). It puts a marker where a code would be shown; what the finished text still
 * shows outside of comments tells which coupons the person really needs.
 */
export class MarkerCoupons implements CouponSource {
  private readonly names: string[] = []
  private readonly known: CouponMap | undefined

  /** Coupons in `known` are printed as they are. */
  constructor(known?: CouponMap) {
    this.known = known
  }

  code(name: string, cut: string): string {
    const code = findCoupon(this.known, name)?.code
    return code === undefined ? this.mark(name) : cutCharacters(code, cut)
  }

  expiry(name: string, print: (expiresAt: Date | null) => string): string {
    const coupon = findCoupon(this.known, name)
    return coupon ? print(coupon.expiresAt) : this.mark(name)
  }

  link(name: string, path: string): string {
    const coupon = findCoupon(this.known, name)
    return coupon ? linkOf(name, coupon, path) : this.mark(name)
  }

  picture(name: string, path: string | undefined, draw: (text: string) => string): string {
    const coupon = findCoupon(this.known, name)
    if (!coupon) return this.mark(name)
    return draw(path === undefined ? coupon.code : linkOf(name, coupon, path))
  }

  /** A filter over a block must not hide that a code went into it: markers that it lost are put back. */
  keep(before: string, after: string): string {
    if (this.names.length === 0) return after
    const lost = [...before.matchAll(MARKER)].map(([marker]) => marker).filter((marker) => !after.includes(marker))
    return after + lost.join('')
  }

  /** Names whose markers `text` shows, in order, each once. */
  shownIn(text: string): string[] {
    const shown = new Set<string>()
    if (this.names.length > 0) {
      for (const [, digits = ''] of withoutComments(text).matchAll(MARKER)) {
        const name = this.names[readDigits(digits)]
        if (name !== undefined) shown.add(name)
      }
    }
    return [...shown]
  }

  /** The text without its markers. */
  clean(text: string): string {
    return this.names.length === 0 ? text : text.replace(MARKER, '')
  }

  private mark(name: string): string {
    let index = this.names.indexOf(name)
    if (index < 0) index = this.names.push(name) - 1
    const digits = Array.from(index.toString(16), (digit) =>
      String.fromCodePoint(DIGIT_BASE + Number.parseInt(digit, 16)),
    )
    return OPEN + digits.join('') + CLOSE
  }
}

function readDigits(digits: string): number {
  return Number.parseInt(
    Array.from(digits, (char) => ((char.codePointAt(0) ?? 0) - DIGIT_BASE).toString(16)).join(''),
    16,
  )
}

/** What a preview shows: `NAME-preview`, the moment of the preview as the end, the path itself as the link. */
export class PreviewCoupons implements CouponSource {
  private readonly known: CouponMap | undefined

  constructor(known?: CouponMap) {
    this.known = known
  }

  code(name: string): string {
    return `${name}-preview`
  }

  expiry(name: string, print: (expiresAt: Date | null) => string): string {
    const coupon = findCoupon(this.known, name)
    return coupon ? print(coupon.expiresAt) : `${name}-expires-preview`
  }

  link(name: string, path: string): string {
    const coupon = findCoupon(this.known, name)
    return coupon?.link ? coupon.link(path) : `#${encodeURIComponent(name)}-preview`
  }

  picture(name: string, _path: string | undefined, draw: (text: string) => string): string {
    return draw(`${name}-preview`)
  }

  keep(_before: string, after: string): string {
    return after
  }
}

function linkOf(name: string, coupon: Coupon, path: string): string {
  if (coupon.link) return coupon.link(path)
  throw new Fault(
    'value',
    'coupon_link_unavailable',
    `The store of the coupon "${name}" has no links that apply a code.`,
    {
      data: { coupon: name },
    },
  )
}

/** The code without any of the characters in `cut`. */
export function cutCharacters(code: string, cut: string): string {
  return cut === '' ? code : Array.from(code, (char) => (cut.includes(char) ? '' : char)).join('')
}

/**
 * Text without HTML comments. A conditional comment of Outlook stays, since Outlook shows what is in it. An unclosed
 * comment reaches to the end.
 */
export function withoutComments(text: string): string {
  let result = ''
  let at = 0
  for (;;) {
    const start = text.indexOf('<!--', at)
    if (start < 0) return result + text.slice(at)
    if (/^<!--\s*\[if\b/i.test(text.slice(start, start + 40))) {
      result += text.slice(at, start + 4)
      at = start + 4
      continue
    }
    result += text.slice(at, start)
    const end = text.indexOf('-->', start + 4)
    if (end < 0) return result
    at = end + 3
  }
}
