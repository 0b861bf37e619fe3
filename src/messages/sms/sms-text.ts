/** Addresses of the web in a text; what ends a sentence behind one is not part of it. */
const ADDRESS = /https?:\/\/[^\s<>"']+/gi
const SENTENCE_END = /[.,;:!?)\]}]+$/

/** Most links of one text message that are shortened: their numbers are one character. */
const MOST_LINKS = 35

export type SmsFacts = {
  /** The account's name, which stands in each text. */
  brand: string
  /** Words that tell how to opt out, for the first text to a person; null in later ones. */
  optOut: string | null
}

/** The text as it arrives: with the name of who writes, and the way to opt out, unless the template has them. */
export function completeSms(text: string, { brand, optOut }: SmsFacts): string {
  const trimmed = text.trim()
  const named = trimmed.toLowerCase().includes(brand.toLowerCase()) ? trimmed : `${brand}: ${trimmed}`
  if (optOut === null || optOut === '' || /\bSTOP\b/.test(named)) return named
  return `${named} ${optOut}`
}

/** The addresses in a text, in order. */
export function smsTargets(text: string): string[] {
  return findAddresses(text).map(({ url }) => url)
}

/** The text with each address replaced by `linkFor(n)`, n from 1. */
export function shortenLinks(text: string, linkFor: (link: number) => string): string {
  let result = ''
  let from = 0
  for (const [nth, { start, url }] of findAddresses(text).entries()) {
    result += text.slice(from, start) + linkFor(nth + 1)
    from = start + url.length
  }
  return result + text.slice(from)
}

function findAddresses(text: string): { start: number; url: string }[] {
  return [...text.matchAll(ADDRESS)]
    .map((match) => ({ start: match.index, url: match[0].replace(SENTENCE_END, '') }))
    .filter(({ url }) => URL.canParse(url))
    .slice(0, MOST_LINKS)
}

/** The key of a text message and the number of a link in it, as they stand in a short address; 12 characters. */
export function shortToken(key: string, link: number): string {
  return key + link.toString(36)
}

/** Undefined for what is no short address. */
export function readShortToken(token: string): { key: string; link: number } | undefined {
  const [, key, number] = /^([\w-]{11})([1-9a-z])$/.exec(token) ?? []
  return key === undefined || number === undefined ? undefined : { key, link: Number.parseInt(number, 36) }
}
