const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', copy: '©' }

/**
 * The words of a template's HTML with its tags for coupons and people kept: a start for writing the plain text by hand.
 *
 * Not what recipients get when the text is left to the server; that one is made from the finished mail.
 */
export function textOfHtml(html: string): string {
  return html
    .replaceAll(/<!--[\s\S]*?-->/g, '')
    .replaceAll(/<(head|style|script|title)\b[\s\S]*?<\/\1>/gi, '')
    .replaceAll(/<a\b[^>]*?\bhref=(["'])([\s\S]*?)\1[^>]*>([\s\S]*?)<\/a>/gi, '$3 ($2)')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/<br\s*\/?>/gi, '\n')
    .replaceAll(/<\/(p|h[1-6]|table|ul|ol)>/gi, '\n\n')
    .replaceAll(/<\/(div|tr|li)>/gi, '\n')
    .replaceAll(/<\/?[a-z!][^>]*>/gi, '')
    .replaceAll(/&(amp|lt|gt|quot|apos|nbsp|copy);/g, (whole, name: string) => ENTITIES[name] ?? whole)
    .replaceAll(/[ \t]*\n[ \t]*/g, '\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .replaceAll(/ {2,}/g, ' ')
    .trim()
}
