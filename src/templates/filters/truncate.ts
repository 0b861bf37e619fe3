import type { FilterTable } from '../expression.ts'
import { valueFault } from '../issues.ts'
import { parseIntegerValue } from '../lib/coerce.ts'
import { isNumeric } from '../lib/numbers.ts'
import { isSpace, splitSpaces } from '../lib/text.ts'
import { isNone, isText } from '../lib/values.ts'

/** A limit, or undefined for a text that is no number: then the value stays whole. None and lists fail the render. */
function readLimit(argument: unknown, filter: string): number | undefined {
  const limit = parseIntegerValue(argument)
  if (limit !== undefined) return Number(limit)
  if (isNone(argument) || !(isText(argument) || isNumeric(argument))) {
    throw valueFault(`The filter "${filter}" needs a whole number.`)
  }
  return undefined
}

/** Marks that sit on the character before them and take no place of their own. */
const COMBINING = /^\p{M}$/u

/** At most `limit` characters with the ellipsis counted; composed first, combining marks not counted. */
function truncateCharacters(value: string, argument: unknown): string {
  const limit = readLimit(argument, 'truncatechars')
  if (limit === undefined) return value
  const text = value.normalize('NFC')
  let count = 0
  let at = 0
  let cutAt: number | undefined
  for (const char of text) {
    if (!COMBINING.test(char)) {
      count++
      if (cutAt === undefined && count > limit - 1) cutAt = at
      if (count > limit) return `${text.slice(0, cutAt ?? 0)}…`
    }
    at += char.length
  }
  return text
}

/** The first words, with single spaces between; a negative limit leaves words off the end. */
function truncateWords(value: string, argument: unknown): string {
  const limit = readLimit(argument, 'truncatewords')
  if (limit === undefined) return value
  const words = splitSpaces(value)
  if (words.length <= limit) return words.join(' ')
  const kept = words.slice(0, limit).join(' ')
  return kept.endsWith(' …') ? kept : `${kept} …`
}

type Piece = { text: string; end: number; counts: boolean }

/** Reads the next character or tag; `lastClose` is where the text's last ">" stands. */
function nextCharacter(text: string, at: number, lastClose: number): Piece | undefined {
  const code = text.codePointAt(at)
  if (code === undefined) return undefined
  if (code === 60 && at < lastClose) {
    const close = text.indexOf('>', at + 1)
    if (close > at + 1) return { text: text.slice(at, close + 1), end: close + 1, counts: false }
  }
  const char = String.fromCodePoint(code)
  return { text: char, end: at + char.length, counts: true }
}

/** Reads the next word or tag, passing over what lies between. */
function nextWord(text: string, from: number, lastClose: number): Piece | undefined {
  let at = from
  while (at < text.length && (isSpace(text.charCodeAt(at)) || text.charAt(at) === '>')) at++
  if (at >= text.length) return undefined
  if (text.charAt(at) === '<') {
    const close = at < lastClose ? text.indexOf('>', at + 1) : -1
    if (close >= 0) return { text: text.slice(at, close + 1), end: close + 1, counts: false }
    at = from + 1
    while (at < text.length && !isWordUnit(text, at)) at++
    if (at >= text.length) return undefined
  }
  const start = at
  while (at < text.length && isWordUnit(text, at)) at++
  return { text: text.slice(start, at), end: at, counts: true }
}

function isWordUnit(text: string, at: number): boolean {
  const char = text.charAt(at)
  return char !== '<' && char !== '>' && !isSpace(text.charCodeAt(at))
}

/** Elements that have no end tag. */
const SINGLE = new Set(['br', 'col', 'link', 'base', 'img', 'param', 'area', 'hr', 'input'])

function truncateMarkup(text: string, limit: number, keep: number, ellipsis: string, next: typeof nextWord): string {
  const open: string[] = []
  const lastClose = text.lastIndexOf('>')
  let at = 0
  let keptTo = 0
  let count = 0
  while (count <= limit) {
    const piece = next(text, at, lastClose)
    if (!piece) break
    at = piece.end
    if (piece.counts) {
      count++
      if (count === keep) keptTo = at
    } else if (count < keep) noteTag(piece.text, open)
  }
  if (count <= limit) return text
  const closing = open.toReversed().map((name) => `</${name}>`)
  return text.slice(0, keptTo) + ellipsis + closing.join('')
}

/** Keeps the list of open elements; an end tag counts only for the one that was opened last. */
function noteTag(tag: string, open: string[]): void {
  const match = /^<(\/?)([^\s>]+?)(\s*\/)?(?:\s[^>]*)?>/.exec(tag)
  if (!match) return
  const name = match[2]?.toLowerCase() ?? ''
  if (match[3] || SINGLE.has(name) || /\s\/>$/.test(tag)) return
  if (!match[1]) open.push(name)
  else if (open.at(-1) === name) open.pop()
}

function truncateCharactersOfMarkup(value: string, argument: unknown): string {
  const limit = readLimit(argument, 'truncatechars_html')
  return limit === undefined ? value : truncateMarkup(value.normalize('NFC'), limit, limit - 1, '…', nextCharacter)
}

function truncateWordsOfMarkup(value: string, argument: unknown): string {
  const limit = readLimit(argument, 'truncatewords_html')
  if (limit === undefined) return value
  return limit <= 0 ? '' : truncateMarkup(value, limit, limit, ' …', nextWord)
}

export const TRUNCATE_FILTERS: FilterTable = {
  truncatechars: { argument: 'required', text: true, keepsSafe: true, apply: truncateCharacters },
  truncatechars_html: { argument: 'required', text: true, keepsSafe: true, apply: truncateCharactersOfMarkup },
  truncatewords: { argument: 'required', text: true, keepsSafe: true, apply: truncateWords },
  truncatewords_html: { argument: 'required', text: true, keepsSafe: true, apply: truncateWordsOfMarkup },
}
