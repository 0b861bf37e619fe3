import type { WebView } from '../messages/find-sent.ts'

/** A mail as a page: with its subject as title, unknown to search engines, and with a word on codes that work no more. */
export function webPage({ subject, html, codes }: WebView, now: Date): string {
  const head = `<meta name="robots" content="noindex, nofollow"><meta name="referrer" content="no-referrer"><title>${escapeText(subject)}</title>`
  return insertAfter(
    insertAfter(html, /<head[^>]*>/i, head),
    /<body[^>]*>/i,
    codes.map((code) => notice(code, now)).join(''),
  )
}

function notice({ code, expiresAt, isRedeemed, isWithdrawn }: WebView['codes'][number], now: Date): string {
  const isOver = expiresAt !== null && new Date(expiresAt) <= now
  if (!isRedeemed && !isOver && !isWithdrawn) return ''
  const text = isWithdrawn
    ? 'The code of this message was withdrawn.'
    : `The code ${code} ${isRedeemed ? 'has been used' : 'has expired'}.`
  return `<p role="note" style="margin:0;padding:12px 16px;background:#fff4d6;color:#4a3500;font:15px/1.4 system-ui,sans-serif;text-align:center">${escapeText(text)}</p>`
}

/** In front of everything where the mail has no such element: browsers put it where it belongs. */
function insertAfter(html: string, element: RegExp, text: string): string {
  const found = element.exec(html)
  if (!found) return text + html
  const end = found.index + found[0].length
  return html.slice(0, end) + text + html.slice(end)
}

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
