import { Fault } from './issues.ts'
import type { CouponSource } from './runtime.ts'

/**
 * The code that one person gets of one coupon. `code` is final text; `expiresAt` is null when it never ends; `link` gives
 * the address that applies the code at checkout and goes on to `path`.
 */
export type Coupon = {
  code: string
  expiresAt: Date | null
  link?: (path: string) => string
  /** What a preview shows for the code; `NAME-preview` by default. */
  previewedAs?: string
}

export type CouponMap = Record<string, Coupon> | Map<string, Coupon>

function findCoupon(coupons: CouponMap | undefined, name: string): Coupon | undefined {
  if (!coupons) return undefined
  if (coupons instanceof Map) return coupons.get(name)
  return Object.hasOwn(coupons, name) ? coupons[name] : undefined
}

/**
 * A marker is an index between two control characters that no text of a message has; upper, lower, trimming and escaping
 * leave it as it is. Characters beyond Latin-1 would double the memory of the whole text.
 */
const OPEN = '\u0001'
const CLOSE = '\u0002'

/** Characters of an index and its end mark. */
const LONGEST_INDEX = 9

/** Where markers stand in a text, and of which name. */
function findMarkers(text: string): { start: number; end: number; index: number }[] {
  const found: { start: number; end: number; index: number }[] = []
  for (let start = text.indexOf(OPEN); start >= 0; start = text.indexOf(OPEN, start + 1)) {
    const inner = text.slice(start + 1, start + 1 + LONGEST_INDEX)
    const length = inner.indexOf(CLOSE)
    if (length > 0) found.push({ start, end: start + length + 2, index: Number(inner.slice(0, length)) })
  }
  return found
}

/**
 * Stands in for codes that are not known (yet). It puts a marker where a code would be shown; what the finished text still
 * shows outside of comments tells which coupons the person really needs.
 */
export class MarkerCoupons implements CouponSource {
  private readonly names: string[] = []
  private readonly indexes = new Map<string, number>()
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

  trace(name: string): string {
    return findCoupon(this.known, name) ? '' : this.mark(name)
  }

  /** A filter over a block must not hide that a code went into it: markers that it lost are put back. */
  keep(before: string, after: string): string {
    if (this.names.length === 0) return after
    const kept = new Set(findMarkers(after).map(({ index }) => index))
    const used = new Set(findMarkers(before).map(({ index }) => index))
    const lost = [...used].filter((index) => !kept.has(index))
    return after + lost.map((index) => OPEN + index + CLOSE).join('')
  }

  /** Names whose markers `text` shows, in order, each once. Only in HTML are there comments, which show nothing. */
  shownIn(text: string, isHtml: boolean): string[] {
    if (this.names.length === 0) return []
    const shown = findMarkers(isHtml ? withoutComments(text) : text).map(({ index }) => this.names[index])
    return [...new Set(shown)].filter((name) => name !== undefined)
  }

  /** The text without its markers. */
  clean(text: string): string {
    if (this.names.length === 0) return text
    let result = ''
    let from = 0
    for (const { start, end } of findMarkers(text)) {
      result += text.slice(from, start)
      from = end
    }
    return result + text.slice(from)
  }

  private mark(name: string): string {
    let index = this.indexes.get(name)
    if (index === undefined) {
      index = this.names.push(name) - 1
      this.indexes.set(name, index)
    }
    return OPEN + index + CLOSE
  }
}

/** What a preview shows: `NAME-preview` as the code, unless the caller says otherwise; an end and a link where it gives some. */
export class PreviewCoupons implements CouponSource {
  private readonly known: CouponMap | undefined

  constructor(known?: CouponMap) {
    this.known = known
  }

  code(name: string): string {
    return findCoupon(this.known, name)?.previewedAs ?? `${name}-preview`
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
    return draw(this.code(name))
  }

  trace(): string {
    return ''
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
function cutCharacters(code: string, cut: string): string {
  return cut === '' ? code : Array.from(code, (char) => (cut.includes(char) ? '' : char)).join('')
}

/**
 * Text without HTML comments. A conditional comment of Outlook stays, since Outlook shows what is in it. An unclosed
 * comment reaches to the end.
 */
function withoutComments(text: string): string {
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
    const end = commentEnd(text, start)
    if (end === undefined) return result
    at = end
  }
}

/** `<!-->` is a whole comment: Outlook's `<!--[if !mso]><!-->` relies on it. */
function commentEnd(text: string, start: number): number | undefined {
  const close = /--!?>/g
  close.lastIndex = start + 2
  return close.exec(text) ? close.lastIndex : undefined
}
