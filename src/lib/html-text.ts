import { Parser } from 'htmlparser2'

/** Elements of which nothing is read. */
const UNREAD = new Set(['style', 'script', 'title', 'template', 'svg', 'object', 'select', 'textarea'])
/** Line breaks around elements: their own lines, or an empty line between. */
const LINES = new Map<string, 1 | 2>([
  ...named('address article aside body center dd details div dl dt fieldset figcaption footer form header', 1),
  ...named('li main nav section summary tr', 1),
  ...named('blockquote figure h1 h2 h3 h4 h5 h6 hr ol p pre table ul', 2),
])

const HIDDEN = /(?:^|;)\s*display\s*:\s*none/i
/** White space that HTML draws together, where that changes anything. A no-break space is none of it. */
const WHITE_SPACE = /[\t\r\n\f][ \t\r\n\f]*| [ \t\r\n\f]+/g
/** Characters without a width, with which mails fill the preview line. */
const UNSEEN = /[\u00ad\u200b\u2060\ufeff]/g
const RULE = '-'.repeat(40)

type Attributes = Record<string, string>

/** A text that is being written. */
type Page = {
  text: string
  /** Line breaks, or a space, that come before the next words, if any come. */
  breaks: number
  hasSpace: boolean
  /** The mark of a list item was written, and its words come beside it. */
  isBesideMark: boolean
  /** How many elements deep nothing is read, and how many deep white space counts. */
  unread: number
  preformatted: number
  /** Cells so far of the row at work, for each table around. */
  cells: number[]
  lists: { isOrdered: boolean; number: number }[]
  /** Where the words of each link around begin; undefined for one that leads nowhere. */
  links: ({ href: string; from: number } | undefined)[]
}

/**
 * The text of a mail's HTML: headings as they are written, a line for each block and each row of a table, links behind their words,
 * list items with a mark. Pictures are left out, save the words of one that is a link; so is what is not shown (`display:none`).
 *
 * In one pass and without a tree, because it is made for each message.
 */
export function htmlToText(html: string): string {
  const page: Page = {
    text: '',
    breaks: 0,
    hasSpace: false,
    isBesideMark: false,
    unread: 0,
    preformatted: 0,
    cells: [],
    lists: [],
    links: [],
  }
  const parser = new Parser({
    onopentag: (name, attributes) => openElement(page, name, attributes),
    ontext: (raw) => {
      if (page.unread === 0) writeText(page, raw)
    },
    onclosetag: (name) => closeElement(page, name),
  })
  parser.end(html)
  return page.text
}

function openElement(page: Page, name: string, attributes: Attributes): void {
  if (page.unread > 0 || UNREAD.has(name) || isHidden(attributes)) {
    page.unread += 1
    return
  }
  breakLine(page, name)
  OPEN.get(name)?.(page, attributes)
}

/** The parser closes every element that it opened, also those that the HTML leaves open. */
function closeElement(page: Page, name: string): void {
  if (page.unread > 0) {
    page.unread -= 1
    return
  }
  CLOSE.get(name)?.(page)
  breakLine(page, name)
}

const OPEN = new Map<string, (page: Page, attributes: Attributes) => void>([
  ['a', openLink],
  ['br', (page) => setBreaks(page, Math.min(page.breaks + 1, 2))],
  ['hr', (page) => write(page, RULE)],
  ['img', (page, { alt }) => page.links.at(-1) && alt && writeText(page, ` ${alt} `)],
  ['li', openItem],
  [
    'ol',
    (page, { start }) => page.lists.push({ isOrdered: true, number: (Number.parseInt(start ?? '', 10) || 1) - 1 }),
  ],
  ['ul', (page) => page.lists.push({ isOrdered: false, number: 0 })],
  [
    'pre',
    (page) => {
      page.preformatted += 1
    },
  ],
  ['table', (page) => page.cells.push(0)],
  ['tr', (page) => page.cells.length > 0 && page.cells.splice(-1, 1, 0)],
  ['td', openCell],
  ['th', openCell],
])

const CLOSE = new Map<string, (page: Page) => void>([
  ['a', closeLink],
  [
    'li',
    (page) => {
      page.isBesideMark = false
    },
  ],
  ['ol', (page) => page.lists.pop()],
  ['ul', (page) => page.lists.pop()],
  [
    'pre',
    (page) => {
      page.preformatted -= 1
    },
  ],
  ['table', (page) => page.cells.pop()],
])

function openLink(page: Page, { href = '' }: Attributes): void {
  const target = href.trim()
  page.links.push(/^(?!#|javascript:)./i.test(target) ? { href: target, from: page.text.length } : undefined)
}

/** Writes where it leads, unless its words say so. */
function closeLink(page: Page): void {
  const link = page.links.pop()
  if (!link) return
  const words = page.text.slice(link.from).trim()
  if (words === link.href || words === link.href.replace(/^(mailto|tel):/i, '')) return
  if (words !== '') page.hasSpace = true
  write(page, `[${link.href}]`)
}

function openItem(page: Page): void {
  const list = page.lists.at(-1)
  if (list?.isOrdered) list.number += 1
  write(page, list?.isOrdered ? `${list.number}.` : '*')
  page.hasSpace = true
  page.isBesideMark = true
}

function openCell(page: Page): void {
  const before = page.cells.pop() ?? 0
  if (before > 0 && page.breaks === 0) page.hasSpace = true
  page.cells.push(before + 1)
}

function breakLine(page: Page, name: string): void {
  const lines = LINES.get(name)
  if (lines === undefined || page.isBesideMark) return
  setBreaks(page, Math.max(page.breaks, page.lists.length > 0 ? 1 : lines))
}

function setBreaks(page: Page, lines: number): void {
  page.breaks = lines
  page.hasSpace = false
}

function writeText(page: Page, raw: string): void {
  const seen = raw.replace(UNSEEN, '')
  if (page.preformatted > 0) write(page, seen)
  else writeWords(page, seen)
}

function writeWords(page: Page, seen: string): void {
  const drawn = seen.replace(WHITE_SPACE, ' ')
  const begins = drawn.startsWith(' ')
  const ends = drawn.endsWith(' ')
  if (begins) page.hasSpace = true
  const words = drawn.slice(begins ? 1 : 0, ends ? -1 : undefined)
  if (words === '') return
  write(page, words.replaceAll('\u00a0', ' '))
  page.hasSpace = ends
}

function write(page: Page, words: string): void {
  if (page.text !== '' && page.breaks > 0) page.text += '\n'.repeat(page.breaks)
  else if (page.text !== '' && page.hasSpace) page.text += ' '
  page.breaks = 0
  page.hasSpace = false
  page.isBesideMark = false
  page.text += words
}

function isHidden({ style, hidden }: Attributes): boolean {
  return hidden !== undefined || (style !== undefined && HIDDEN.test(style))
}

function named(names: string, lines: 1 | 2): [string, 1 | 2][] {
  return names.split(' ').map((name) => [name, lines])
}
