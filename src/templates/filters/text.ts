import type { FilterTable } from '../expression.ts'
import { valueFault } from '../issues.ts'
import { formatValue } from '../lib/format.ts'
import {
  codePointLength,
  codePoints,
  escapeHtml,
  expandTabs,
  isSpace,
  splitLines,
  splitSpaces,
  strip,
  titleCase,
  trimEndOf,
} from '../lib/text.ts'
import { SafeText, textOf } from '../lib/values.ts'
import type { Runtime } from '../runtime.ts'
import { requireInteger } from './value.ts'

/** White space on one or both sides up to a width in characters. */
function padTo(filter: 'ljust' | 'rjust' | 'center') {
  return (value: string, argument: unknown, runtime: Runtime): string => {
    const width = requireInteger(argument, filter)
    const length = codePointLength(value)
    const missing = width - length
    if (missing <= 0) return value
    runtime.checkLength(width)
    if (filter === 'ljust') return value + ' '.repeat(missing)
    if (filter === 'rjust') return ' '.repeat(missing) + value
    const left = Math.floor(missing / 2) + (missing & width & 1)
    return ' '.repeat(left) + value + ' '.repeat(missing - left)
  }
}

/** Apostrophes inside a word and digits do not begin a new word. */
function title(value: string): string {
  return titleCase(value)
    .replace(/[a-z]'[A-Z]/g, (part) => part.toLowerCase())
    .replace(/\p{Nd}[A-Z]/gu, (part) => part.toLowerCase())
}

function capFirst(value: string): string {
  const first = value.codePointAt(0)
  if (first === undefined) return value
  const char = String.fromCodePoint(first)
  return char.toUpperCase() + value.slice(char.length)
}

/** ASCII words in lower case with single hyphens between, for addresses. */
function slugify(value: string): string {
  let slug = ''
  let afterHyphen = false
  const text = value.normalize('NFKD').toLowerCase()
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (isSlugLetter(code)) {
      slug += text.charAt(at)
      afterHyphen = false
    } else if ((code === HYPHEN || (code < 128 && isSpace(code))) && !afterHyphen) {
      slug += '-'
      afterHyphen = true
    }
  }
  return trimEndOf(slug.replace(/^[-_]+/, ''), '-_')
}

const HYPHEN = 45

/** a to z, 0 to 9 and the underscore. */
function isSlugLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code === 95
}

const KEYPAD: Readonly<Record<string, string>> = Object.fromEntries(
  ['abc', 'def', 'ghi', 'jkl', 'mno', 'pqrs', 'tuv', 'wxyz'].flatMap((letters, i) =>
    letters.split('').map((letter) => [letter, String(i + 2)]),
  ),
)

function phoneToNumeric(value: unknown): string {
  const text = textOf(value)
  if (text === undefined) throw valueFault('The filter "phone2numeric" needs a text.')
  return text.toLowerCase().replace(/[a-z]/g, (letter) => KEYPAD[letter] ?? letter)
}

/** Lines no longer than a width where a space allows it; tabs become spaces, empty lines are dropped. */
function wordWrap(value: string, argument: unknown): string {
  const width = requireInteger(argument, 'wordwrap')
  if (width <= 0 && value !== '') throw valueFault('The filter "wordwrap" needs a width above 0.')
  return splitLines(value, true)
    .flatMap((line) => wrapLine(line, width))
    .join('\n')
}

/** Fills lines with words and the gaps between; gaps at the end of a line, and at the start of all but the first, go. */
function wrapLine(line: string, width: number): string[] {
  const chunks = expandTabs(line)
    .replace(/[\v\f\r\n]/g, ' ')
    .split(/( +)/)
    .filter((chunk) => chunk !== '')
  const lines: string[] = []
  for (let at = 0; at < chunks.length; ) {
    if (lines.length > 0 && isGap(chunks[at])) at++
    if (at === chunks.length) break
    const first = at
    let length = 0
    while (at < chunks.length && length + codePointLength(chunks[at] ?? '') <= width) {
      length += codePointLength(chunks[at] ?? '')
      at++
    }
    if (at === first) at++
    const end = isGap(chunks[at - 1]) ? at - 1 : at
    if (end > first) lines.push(chunks.slice(first, end).join(''))
  }
  return lines
}

function isGap(chunk: string | undefined): boolean {
  return chunk !== undefined && strip(chunk) === ''
}

/** Lines with their numbers, padded to the width of the last. */
function numberLines(value: string, _argument: unknown, runtime: Runtime, isSafe: boolean): SafeText {
  const lines = value.split('\n')
  const width = String(lines.length).length
  const mustEscape = runtime.autoescape && !isSafe
  const numbered = lines.map(
    (line, i) => `${String(i + 1).padStart(width, '0')}. ${mustEscape ? escapeHtml(line) : line}`,
  )
  return new SafeText(numbered.join('\n'))
}

function cut(value: string, argument: unknown, _runtime: Runtime, isSafe: boolean): string | SafeText {
  const part = textOf(argument)
  if (part === undefined) throw valueFault('The filter "cut" needs a text.')
  const rest = part === '' ? value : value.replaceAll(part, '')
  return isSafe && part !== ';' ? new SafeText(rest) : rest
}

const SCRIPT_SPECIAL = /[\p{Cc}\\'"<>&=;`\u2028\u2029-]/gu

function escapeScript(value: string): SafeText {
  const escaped = value.replace(SCRIPT_SPECIAL, (char) => {
    const code = char.charCodeAt(0)
    return code >= 0x7f && code <= 0x9f ? char : `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`
  })
  return new SafeText(escaped)
}

export const TEXT_FILTERS: FilterTable = {
  addslashes: {
    argument: 'none',
    text: true,
    keepsSafe: true,
    apply: (value: string) => value.replace(/[\\"']/g, '\\$&'),
  },
  capfirst: { argument: 'none', text: true, keepsSafe: true, apply: capFirst },
  center: { argument: 'required', text: true, keepsSafe: true, apply: padTo('center') },
  cut: { argument: 'required', text: true, apply: cut },
  escapejs: { argument: 'none', text: true, apply: escapeScript },
  linenumbers: { argument: 'none', text: true, keepsSafe: true, apply: numberLines },
  ljust: { argument: 'required', text: true, keepsSafe: true, apply: padTo('ljust') },
  lower: { argument: 'none', text: true, keepsSafe: true, apply: (value: string) => value.toLowerCase() },
  make_list: { argument: 'none', text: true, apply: (value: string) => codePoints(value) },
  phone2numeric: { argument: 'none', keepsSafe: true, apply: phoneToNumeric },
  rjust: { argument: 'required', text: true, keepsSafe: true, apply: padTo('rjust') },
  slugify: { argument: 'none', text: true, keepsSafe: true, apply: slugify },
  stringformat: { argument: 'required', keepsSafe: true, apply: formatValue },
  title: { argument: 'none', text: true, keepsSafe: true, apply: title },
  upper: { argument: 'none', text: true, apply: (value: string) => value.toUpperCase() },
  wordcount: { argument: 'none', text: true, apply: (value: string) => splitSpaces(value).length },
  wordwrap: { argument: 'required', text: true, keepsSafe: true, apply: wordWrap },
}
