/** White space as Python's str methods and \s know it: Unicode's spaces plus the control separators 0x1c to 0x1f. */
export function isSpace(code: number): boolean {
  if (code <= 32) return code === 32 || (code >= 9 && code <= 13) || (code >= 28 && code <= 31)
  if (code < 0x1680) return code === 0x85 || code === 0xa0
  return (
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  )
}

export function strip(text: string): string {
  return stripEnd(stripStart(text))
}

export function stripStart(text: string): string {
  let start = 0
  while (start < text.length && isSpace(text.charCodeAt(start))) start++
  return start === 0 ? text : text.slice(start)
}

export function stripEnd(text: string): string {
  let end = text.length
  while (end > 0 && isSpace(text.charCodeAt(end - 1))) end--
  return end === text.length ? text : text.slice(0, end)
}

/** Words between runs of white space; empty text has none. */
export function splitSpaces(text: string): string[] {
  const words: string[] = []
  let start = -1
  for (let i = 0; i <= text.length; i++) {
    const space = i === text.length || isSpace(text.charCodeAt(i))
    if (space && start >= 0) {
      words.push(text.slice(start, i))
      start = -1
    } else if (!space && start < 0) start = i
  }
  return words
}

/** Lines as Python's splitlines cuts them: also at \\v, \\f, 0x1c to 0x1e, 0x85 and Unicode's separators. `keepEnds` leaves the ends on. */
export function splitLines(text: string, keepEnds = false): string[] {
  const lines: string[] = []
  let start = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (!isLineBreak(code)) continue
    const end = at
    if (code === 13 && text.charCodeAt(at + 1) === 10) at++
    lines.push(text.slice(start, keepEnds ? at + 1 : end))
    start = at + 1
  }
  if (start < text.length) lines.push(text.slice(start))
  return lines
}

function isLineBreak(code: number): boolean {
  if (code < 0x85) return (code >= 10 && code <= 13) || (code >= 28 && code <= 30)
  return code === 0x85 || code === 0x2028 || code === 0x2029
}

/** Text without any of `characters` at its end; linear, which a pattern with `+$` is not. */
export function trimEndOf(text: string, characters: string): string {
  let end = text.length
  while (end > 0 && characters.includes(text.charAt(end - 1))) end--
  return end === text.length ? text : text.slice(0, end)
}

/** \r\n and \r become \n. */
export function normalizeNewlines(text: string): string {
  return text.replace(/\r\n?/g, '\n')
}

const SURROGATE = /[\ud800-\udfff]/

/** Characters as code points; the fast path is for text without surrogates. */
export function codePoints(text: string): string[] {
  return SURROGATE.test(text) ? Array.from(text) : text.split('')
}

export function codePointLength(text: string): number {
  if (!SURROGATE.test(text)) return text.length
  let count = 0
  for (const _ of text) count++
  return count
}

/** Order by code point, as Python compares strings; JavaScript's own `<` orders by UTF-16 unit. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    if (a.charCodeAt(i) === b.charCodeAt(i)) continue
    const start = i > 0 && isLowSurrogate(a.charCodeAt(i)) && isLowSurrogate(b.charCodeAt(i)) ? i - 1 : i
    return (a.codePointAt(start) ?? 0) - (b.codePointAt(start) ?? 0)
  }
  return a.length - b.length
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff
}

const MARKUP = /[&<>"']/

/** Text that may stand in HTML, also inside an attribute in either quote. Written out because it is most of a render. */
export function escapeHtml(text: string): string {
  const first = text.search(MARKUP)
  if (first < 0) return text
  let result = ''
  let from = 0
  for (let at = first; at < text.length; at++) {
    const entity = entityOf(text.charCodeAt(at))
    if (entity === '') continue
    result += text.slice(from, at) + entity
    from = at + 1
  }
  return result + text.slice(from)
}

function entityOf(code: number): string {
  switch (code) {
    case 38:
      return '&amp;'
    case 60:
      return '&lt;'
    case 62:
      return '&gt;'
    case 34:
      return '&quot;'
    case 39:
      return '&#x27;'
    default:
      return ''
  }
}

/** First letter of each word upper, the rest lower; a word is a run of cased letters, as in Python's str.title. */
export function titleCase(text: string): string {
  let result = ''
  let inWord = false
  const characters = codePoints(text)
  // A sigma at the end of a word has a form of its own, which only the whole text tells.
  const lowered = codePoints(text.toLowerCase())
  const isEven = lowered.length === characters.length
  for (const [i, char] of characters.entries()) {
    const lower = isEven ? (lowered[i] ?? char) : char.toLowerCase()
    const cased = lower !== char.toUpperCase()
    result += !cased ? char : inWord ? lower : titleOf(char)
    inWord = cased
  }
  return result
}

/** Letters that are two in one have a third form for the start of a word. */
const DIGRAPHS: Readonly<Record<string, string>> = { Ǆ: 'ǅ', Ǉ: 'ǈ', Ǌ: 'ǋ', Ǳ: 'ǲ' }

/** The form of a letter at the start of a word. One that turns into several, such as ß, is upper in the first only. */
export function titleOf(char: string): string {
  const upper = char.toUpperCase()
  const [first = '', ...rest] = upper
  if (rest.length === 0) return DIGRAPHS[upper] ?? upper
  return first.toLowerCase() === first ? upper : first + rest.join('').toLowerCase()
}

/** Tabs become spaces up to the next column that divides by 8. */
export function expandTabs(text: string): string {
  let column = 0
  let result = ''
  for (const char of text) {
    if (char === '\t') {
      const width = 8 - (column % 8)
      result += ' '.repeat(width)
      column += width
      continue
    }
    result += char
    column = char === '\n' || char === '\r' ? 0 : column + 1
  }
  return result
}
