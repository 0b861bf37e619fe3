/** An address in HTML: its characters from `start` to `end`, and what they mean. */
type Found = { start: number; end: number; url: string }

/** Elements that lead somewhere when clicked; Outlook's own (v:roundrect and the like) too, which stand in comments. */
const ELEMENT = /<(?:a|area|v:[a-z]+)(?=[\s/])/gi
const ATTRIBUTE = /[\s/]*([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/y
const MOST_ATTRIBUTES = 100

/** Most links of one mail that are followed; those beyond lead to their targets directly. */
const MOST_LINKS = 2000

/**
 * The links of a rendered mail that clicks are counted of, in order: whole addresses of the web. Not mailto, tel, anchors,
 * and none of `untouched` (the pages of unsubscribing and the like).
 */
export function trackableTargets(html: string, untouched: readonly string[]): string[] {
  return findTrackable(html, untouched).map(({ url }) => url)
}

/** The same mail with each of these links replaced by `linkFor(n, of)`, n from 1. */
export function replaceTargets(
  html: string,
  untouched: readonly string[],
  linkFor: (link: number, links: number) => string,
): string {
  const found = findTrackable(html, untouched)
  let result = ''
  let from = 0
  for (const [at, { start, end }] of found.entries()) {
    result += html.slice(from, start) + linkFor(at + 1, found.length)
    from = end
  }
  return result + html.slice(from)
}

function findTrackable(html: string, untouched: readonly string[]): Found[] {
  return findLinks(html)
    .filter(({ url }) => /^https?:\/\//i.test(url) && URL.canParse(url) && !untouched.includes(url))
    .slice(0, MOST_LINKS)
}

function findLinks(html: string): Found[] {
  const found: Found[] = []
  const element = new RegExp(ELEMENT)
  for (let match = element.exec(html); match; match = element.exec(html)) {
    const link = readHref(html, element.lastIndex)
    if (!link) continue
    found.push(link)
    element.lastIndex = link.end
  }
  return found
}

/** The first href among the attributes that begin at `from`. */
function readHref(html: string, from: number): Found | undefined {
  const attribute = new RegExp(ATTRIBUTE)
  attribute.lastIndex = from
  for (let count = 0; count < MOST_ATTRIBUTES; count += 1) {
    const match = attribute.exec(html)
    if (!match) return undefined
    const value = match[2] ?? match[3] ?? match[4]
    if (match[1]?.toLowerCase() !== 'href' || value === undefined) continue
    const end = attribute.lastIndex - (match[4] === undefined ? 1 : 0)
    return { start: end - value.length, end, url: decodeEntities(value).trim() }
  }
  return undefined
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' }

function decodeEntities(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos|nbsp));/g,
    (whole, decimal, hex, name) => {
      if (name !== undefined) return ENTITIES[name] ?? whole
      const point = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
      return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : whole
    },
  )
}
