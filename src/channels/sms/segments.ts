/** GSM 03.38 (3GPP TS 23.038), default alphabet: one unit each. */
const GSM_BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
)
/** Its extension table: two units each. */
const GSM_EXTENSION = new Set('\f^{}\\[~]|€')

/** Units of a text that fits into one message, and of each part of a longer one, whose header takes 6 bytes. */
const UNITS = { 'GSM-7': { single: 160, part: 153 }, 'UCS-2': { single: 70, part: 67 } }

export type Segments = {
  encoding: 'GSM-7' | 'UCS-2'
  /** Messages that are sent and paid for; 0 for an empty text. */
  segments: number
  /** As a person counts them: an emoji of one code point is one. */
  characters: number
  /** Units that a segment holds: 160 or 153, 70 or 67. */
  perSegment: number
  /** Units that still fit into the last segment. */
  remaining: number
}

/**
 * How many segments a text takes. One character outside GSM 03.38 makes the whole text UCS-2. No character is cut in two: one of
 * two units that does not fit into a segment begins the next.
 */
export function countSegments(text: string): Segments {
  const characters = [...text]
  const encoding = characters.every((sign) => GSM_BASIC.has(sign) || GSM_EXTENSION.has(sign)) ? 'GSM-7' : 'UCS-2'
  const sizes = characters.map((sign) => (encoding === 'UCS-2' ? sign.length : GSM_EXTENSION.has(sign) ? 2 : 1))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const { single, part } = UNITS[encoding]
  const found = { encoding, characters: characters.length } as const
  if (total <= single) return { ...found, segments: total === 0 ? 0 : 1, perSegment: single, remaining: single - total }
  const { segments, used } = fill(sizes, part)
  return { ...found, segments, perSegment: part, remaining: part - used }
}

/** Fills segments of `part` units one after the other; `used`: the units in the last. */
function fill(sizes: number[], part: number): { segments: number; used: number } {
  let segments = 1
  let used = 0
  for (const size of sizes) {
    if (used + size > part) {
      segments += 1
      used = 0
    }
    used += size
  }
  return { segments, used }
}
