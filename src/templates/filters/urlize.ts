import { codePoints, escapeHtml, trimEndOf } from '../lib/text.ts'
import { asciiHost, percentDecode, percentEncode, splitUrl } from '../lib/url.ts'

/** `limit`: characters of a link's text; `escape`: whether the text around and in links is escaped. */
type LinkOptions = { limit: number | undefined; escape: boolean }

/** Longest address that becomes a link. */
const MAX_ADDRESS = 2048

/** Longest word that is looked at: brackets and entities around an address may take some room. */
const MAX_WORD = 4096

/** Turns addresses of pages and of people into links; everything else stays, escaped if asked. */
export function linkUrls(text: string, options: LinkOptions): string {
  return text
    .split(/([\s\u0085<>"']+)/)
    .map((word) => {
      const linked = word.length <= MAX_WORD && /[.@:]/.test(word) ? linkWord(word, options) : undefined
      return linked ?? (options.escape ? escapeHtml(word) : word)
    })
    .join('')
}

type Trimmed = { lead: string; middle: string; trail: string }

function linkWord(word: string, options: LinkOptions): string | undefined {
  const { lead, middle, trail } = trimPunctuation(word)
  const link = addressOf(middle)
  if (!link) return undefined
  const shown = shorten(middle, options.limit)
  const write = (part: string) => (options.escape ? escapeHtml(part) : part)
  const rel = link.follow ? '' : ' rel="nofollow"'
  return `${write(lead)}<a href="${escapeHtml(link.address)}"${rel}>${write(shown)}</a>${write(trail)}`
}

function shorten(text: string, limit: number | undefined): string {
  const characters = codePoints(text)
  if (limit === undefined || characters.length <= limit) return text
  return `${characters.slice(0, Math.max(0, limit - 1)).join('')}…`
}

function addressOf(text: string): { address: string; follow: boolean } | undefined {
  if (text.length <= MAX_ADDRESS) {
    if (/^https?:\/\/\[?[\p{L}\p{N}_]/iu.test(text))
      return { address: quoteAddress(decodeEntities(text)), follow: false }
    if (BARE_ADDRESS.test(text)) return { address: quoteAddress(`http://${decodeEntities(text)}`), follow: false }
  }
  if (text.includes(':') || !isMailAddress(text)) return undefined
  const at = text.lastIndexOf('@')
  const domain = asciiHost(text.slice(at + 1))
  return domain === undefined ? undefined : { address: `mailto:${text.slice(0, at)}@${domain}`, follow: true }
}

const BARE_ADDRESS = /^www\.|^(?!http)[\p{L}\p{N}_][^@]+\.(?:com|edu|gov|int|mil|net|org)(?:\/.*)?$/iu

function isMailAddress(text: string): boolean {
  const parts = text.split('@')
  const [local = '', domain = ''] = parts
  return parts.length === 2 && local !== '' && domain.length <= 63 && domain.includes('.') && !domain.startsWith('.')
}

const WRAPPERS = [
  ['(', ')'],
  ['[', ']'],
] as const

const count = (text: string, char: string) => text.split(char).length - 1

/** Takes brackets around and punctuation after an address off; closing brackets that belong to it stay. */
function trimPunctuation(word: string): Trimmed {
  let [lead, middle, trail] = ['', word, '']
  for (let changed = true; changed; ) {
    changed = false
    for (const [open, close] of WRAPPERS) {
      if (middle.startsWith(open)) {
        middle = middle.slice(1)
        lead += open
        changed = true
      }
      if (middle.endsWith(close) && count(middle, close) === count(middle, open) + 1) {
        middle = middle.slice(0, -1)
        trail = close + trail
        changed = true
      }
    }
    const plain = decodeEntities(middle)
    const stripped = trimEndOf(plain, '.,:;!')
    if (plain === stripped) continue
    trail = middle.slice(stripped.length) + trail
    middle = middle.slice(0, stripped.length - plain.length)
    changed = true
  }
  return { lead, middle, trail }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' }

/** Entities that escaping writes, and numeric ones, as characters. */
function decodeEntities(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos|nbsp));/g,
    (whole, decimal, hex, name) => {
      if (name) return ENTITIES[name] ?? whole
      const code = decimal ? Number(decimal) : Number.parseInt(hex, 16)
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'
    },
  )
}

/** Characters that may stand unencoded in a path or fragment. */
const KEPT = "!$&'()*+,;=:/?#[]@~"

/** An address as it may stand in a link: host in ASCII, parts encoded once, also when they were encoded already. */
function quoteAddress(url: string): string {
  const again = (part: string) => percentEncode(percentDecode(part), KEPT)
  const { scheme, host, path, query, fragment } = splitUrl(url)
  const ascii = asciiHost(host)
  if (ascii === undefined || host.includes('[') !== host.includes(']')) return again(url)
  const tail = (query && `?${quoteQuery(query)}`) + (fragment && `#${again(fragment)}`)
  return `${scheme}://${ascii}${again(path)}${tail}`
}

function quoteQuery(query: string): string {
  const encode = (part: string) => percentEncode(part, ' ').replaceAll(' ', '+')
  const decode = (part: string) => percentDecode(percentDecode(part.replaceAll('+', ' ')))
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=')
      const [name, value] = equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)]
      return `${encode(decode(name))}=${encode(decode(value))}`
    })
    .join('&')
}
