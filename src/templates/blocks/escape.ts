import { escapeHtml } from '../lib/text.ts'

/** Cuts a text at its template tags and changes only what lies between them. */
function aroundTags(text: string, change: (part: string) => string): string {
  return text
    .split(/(\{\{[^\n]*?\}\}|\{%[^\n]*?%\})/)
    .map((part, i) => (i % 2 === 0 ? change(part) : part))
    .join('')
}

/** Plain text as it stands between elements or inside an attribute; template tags stay. */
export function escapeAround(text: string): string {
  return aroundTags(text, escapeHtml)
}
