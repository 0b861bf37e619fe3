/** Symbols of generated codes: without look-alikes, so that what is typed can be folded onto them. */
const SYMBOLS = /^[2-9A-HJKMNP-Z]*$/

/** How the generated codes of a coupon are built: `PREFIX-RANDOM`, or `RANDOM` where the prefix is empty. */
export type CodeShape = { prefix: string; codeLength: number }

/** The typed text as a code may be stored: without spaces around it, else without any. Case is the database's matter. */
export function exactEntries(typed: string): string[] {
  const trimmed = typed.replaceAll(/\p{Cc}+/gu, ' ').trim() // Postgres stores no zero byte, and no code holds a control character
  return [...new Set([trimmed, trimmed.replaceAll(/\s+/gu, '')])]
}

/**
 * The generated codes that a shopper may have meant, in upper case and without repeats.
 *
 * O for 0, I and L for 1, dashes and spaces are forgiven, which concerns the prefix: the random part has no look-alikes and
 * must fit its length and alphabet.
 */
export function forgivenEntries(typed: string, shapes: readonly CodeShape[]): string[] {
  const folded = fold(typed)
  const found = shapes.flatMap(({ prefix, codeLength }) => {
    const start = fold(prefix)
    const rest = folded.slice(start.length)
    if (!folded.startsWith(start) || rest.length !== codeLength || !SYMBOLS.test(rest)) return []
    return [prefix === '' ? rest : `${prefix.toUpperCase()}-${rest}`]
  })
  return [...new Set(found)]
}

function fold(text: string): string {
  return text
    .toUpperCase()
    .replaceAll(/[\s\p{Dash}]+/gu, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1')
}
