import type { FilterTable } from '../expression.ts'
import { valueFault } from '../issues.ts'
import { stripTags } from '../lib/strip-tags.ts'
import { escapeHtml, normalizeNewlines } from '../lib/text.ts'
import { percentEncode } from '../lib/url.ts'
import { SafeText, textOf } from '../lib/values.ts'
import type { Runtime } from '../runtime.ts'
import { linkUrls } from './urlize.ts'
import { requireInteger } from './value.ts'

function lineBreaks(value: string, _argument: unknown, runtime: Runtime, isSafe: boolean): SafeText {
  const mustEscape = runtime.autoescape && !isSafe
  const paragraphs = normalizeNewlines(value)
    .split(/\n{2,}/)
    .map((text) => `<p>${(mustEscape ? escapeHtml(text) : text).replaceAll('\n', '<br>')}</p>`)
  return new SafeText(paragraphs.join('\n\n'))
}

function lineBreaksBr(value: string, _argument: unknown, runtime: Runtime, isSafe: boolean): SafeText {
  const text = normalizeNewlines(value)
  return new SafeText((runtime.autoescape && !isSafe ? escapeHtml(text) : text).replaceAll('\n', '<br>'))
}

function urlEncode(value: string, argument: unknown, _runtime: Runtime, isSafe: boolean): string | SafeText {
  if (value === '') return isSafe ? new SafeText('') : ''
  const keep = argument === undefined ? '/' : textOf(argument)
  if (keep === undefined) throw valueFault('The filter "urlencode" needs a text of characters to keep.')
  return percentEncode(value, keep)
}

/** Characters that have a meaning in an address and stay. */
const ADDRESS_CHARACTERS = "/#%[]=:;$&()+,!?*@'~"

function urlize(value: string, limit: number | undefined, runtime: Runtime, isSafe: boolean): SafeText {
  runtime.spend(Math.floor(value.length / 8))
  return new SafeText(linkUrls(value, { limit, escape: runtime.autoescape && !isSafe }))
}

export const HTML_FILTERS: FilterTable = {
  escape: {
    argument: 'none',
    text: true,
    apply: (value: string, _argument, _runtime, isSafe) => new SafeText(isSafe ? value : escapeHtml(value)),
  },
  force_escape: { argument: 'none', text: true, apply: (value: string) => new SafeText(escapeHtml(value)) },
  iriencode: {
    argument: 'none',
    text: true,
    keepsSafe: true,
    apply: (value: string) => percentEncode(value, ADDRESS_CHARACTERS),
  },
  linebreaks: { argument: 'none', text: true, apply: lineBreaks },
  linebreaksbr: { argument: 'none', text: true, apply: lineBreaksBr },
  safe: { argument: 'none', text: true, apply: (value: string) => new SafeText(value) },
  striptags: { argument: 'none', text: true, keepsSafe: true, apply: stripTags },
  urlencode: { argument: 'optional', text: true, apply: urlEncode },
  urlize: {
    argument: 'optional',
    text: true,
    apply: (value: string, _argument, runtime, isSafe) => urlize(value, undefined, runtime, isSafe),
  },
  urlizetrunc: {
    argument: 'required',
    text: true,
    apply: (value: string, argument, runtime, isSafe) =>
      urlize(value, requireInteger(argument, 'urlizetrunc'), runtime, isSafe),
  },
}
