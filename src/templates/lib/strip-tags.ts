/** Rounds in which tags that appear only after others are gone are still taken out. */
const MAX_ROUNDS = 50

/**
 * Text without tags, comments and declarations; entities and the content of scripts stay.
 *
 * Works again on its own result until no tag is left, so that `<<b>i>` leaves none. Linear per round.
 */
export function stripTags(value: string): string {
  let text = value
  for (let round = 0; round < MAX_ROUNDS && text.includes('<') && text.includes('>'); round++) {
    const stripped = stripOnce(text)
    if (countOf(stripped) === countOf(text)) break
    text = stripped
  }
  return text
}

const countOf = (text: string) => text.split('<').length - 1

function stripOnce(text: string): string {
  let result = ''
  let at = 0
  const lastClose = text.lastIndexOf('>')
  while (at < text.length) {
    const open = text.indexOf('<', at)
    if (open < 0) return result + closeEntities(text.slice(at))
    result += closeEntities(text.slice(at, open + 1)).slice(0, -1)
    const end = open < lastClose ? markupEnd(text, open) : undefined
    if (end === undefined) {
      result += '<'
      at = open + 1
      continue
    }
    const raw = /^<(script|style)[\s/>]/i.exec(text.slice(open, open + 10))?.[1]
    at = end
    if (!raw || text.charAt(end - 2) === '/') continue
    const close = text.slice(end).search(new RegExp(`</${raw}\\s*>`, 'i'))
    if (close < 0) return result + text.slice(end)
    result += text.slice(end, end + close)
    at = end + close
  }
  return result
}

/** An entity without its semicolon gets one. */
function closeEntities(text: string): string {
  return text.replace(/&(#(?:\d+|[xX][0-9a-fA-F]+)|[a-zA-Z][-.a-zA-Z0-9]*)(?=[^a-zA-Z0-9;])/g, '&$1;')
}

/** Where the tag, comment or declaration that begins at `open` ends; undefined when none begins there. */
function markupEnd(text: string, open: number): number | undefined {
  const next = text.charAt(open + 1)
  if (/[a-zA-Z]/.test(next)) return tagEnd(text, open)
  if (text.startsWith('<!--', open)) return endAfter(text, '-->', open + 4)
  if (next === '/' || next === '!' || next === '?') return endAfter(text, '>', open + 2)
  return undefined
}

function endAfter(text: string, mark: string, from: number): number | undefined {
  const at = text.indexOf(mark, from)
  return at < 0 ? undefined : at + mark.length
}

/** The ">" of a start tag; one inside a quoted attribute does not count. */
function tagEnd(text: string, open: number): number | undefined {
  let at = open + 1
  while (at < text.length) {
    const char = text.charAt(at)
    if (char === '>') return at + 1
    if (char === '=') {
      at++
      while (/[\s=]/.test(text.charAt(at))) at++
      const quote = text.charAt(at)
      if (quote === '"' || quote === "'") {
        const close = text.indexOf(quote, at + 1)
        if (close < 0) return endAfter(text, '>', open + 1)
        at = close
      } else continue
    }
    at++
  }
  return undefined
}
