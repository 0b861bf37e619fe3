import { convert } from 'html-to-text'

/** Longest HTML that is read, in characters. */
const MAX_INPUT = 2_000_000

/**
 * The plain-text part of a rendered message: headings as they are written, links behind their text, tables of data with columns,
 * tables of layout as paragraphs, pictures by their alternative text.
 *
 * It works on the rendered HTML, never on a template: headings and entities inside of tags would be changed.
 */
export function htmlToPlainText(html: string): string {
  return convert(html, {
    wordwrap: 78,
    limits: { maxInputLength: MAX_INPUT },
    selectors: [
      ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
      { selector: 'a', options: { hideLinkHrefIfSameAsText: true, ignoreHref: false } },
      { selector: 'img', format: 'skip' },
      { selector: 'table', format: 'dataTable', options: { uppercaseHeaderCells: false } },
      { selector: 'table[role=presentation]', format: 'block' },
    ],
  }).trim()
}
