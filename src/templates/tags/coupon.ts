import { type Expression, readLiteral } from '../expression.ts'
import { syntaxFault } from '../issues.ts'
import type { Word } from '../lexer.ts'
import { formatTime, toLocal } from '../lib/dates.ts'
import { print } from '../lib/print.ts'
import { isDate } from '../lib/values.ts'
import type { Node, Parser, Tag, TagTable } from '../parser.ts'
import type { Runtime } from '../runtime.ts'

/** The coupon that a tag names, noted for the analysis; only a text in quotes can be checked before anybody gets the mail. */
export function readCouponName(parser: Parser, tag: Tag): string {
  const word = tag.words[1]
  const form = `{% ${tag.name} 'NAME' %}`
  if (!word) throw syntaxFault('coupon_name', `The name of a coupon is missing: write ${form}.`, tag.start)
  if (!/^(["']).*\1$/.test(word.text)) {
    const message = `The name of a coupon is a text in straight quotes: write ${form}.`
    throw syntaxFault('coupon_name', message, word.offset, `'${word.text.replace(/^[‘’“”]|[‘’“”]$/g, '')}'`)
  }
  const name = readLiteral(word.text)
  if (name === '') throw syntaxFault('coupon_name', `The name of a coupon is missing: write ${form}.`, word.offset)
  parser.facts.coupons.push({ name, offset: tag.start })
  return name
}

/** Words of the form `key=value` after the first `from`; throws at a word of another form or with a key that is not known. */
export function readOptions(tag: Tag, from: number, known: readonly string[]): Map<string, Word> {
  const options = new Map<string, Word>()
  for (const word of tag.words.slice(from)) {
    const equals = word.text.indexOf('=')
    const key = word.text.slice(0, Math.max(equals, 0))
    if (!known.includes(key)) {
      const message = `{% ${tag.name} %} does not know "${word.text}"; it takes ${known.map((name) => `${name}=…`).join(', ')}.`
      throw syntaxFault(
        'bad_tag',
        known.length > 0 ? message : `Nothing may stand here in {% ${tag.name} %}.`,
        word.offset,
      )
    }
    options.set(key, { text: word.text.slice(equals + 1), offset: word.offset + equals + 1 })
  }
  return options
}

function compileCouponCode(parser: Parser, tag: Tag): Node {
  const name = readCouponName(parser, tag)
  const cutWord = readOptions(tag, 2, ['cut']).get('cut')?.text ?? ''
  const cut = /^(["']).*\1$/.test(cutWord) ? readLiteral(cutWord) : cutWord
  return (runtime) => runtime.emit(runtime.env.coupons.code(name, cut))
}

/** `{% coupon_expires 'NAME' %}` or with a format of the filter `date`; empty for a code that never ends. */
function compileCouponExpires(parser: Parser, tag: Tag): Node {
  const name = readCouponName(parser, tag)
  const [, , formatWord, extra] = tag.words
  if (extra) throw syntaxFault('bad_tag', "Write {% coupon_expires 'NAME' 'F j' %}.", extra.offset)
  const format = formatWord && parser.compile(formatWord)
  return (runtime) => {
    const pattern = format ? print(format(runtime, '')) : 'DATE_FORMAT'
    runtime.emit(runtime.env.coupons.expiry(name, (expiresAt) => printExpiry(runtime, expiresAt, pattern)))
  }
}

function printExpiry(runtime: Runtime, expiresAt: Date | null, pattern: string): string {
  return isDate(expiresAt) ? formatTime(toLocal(expiresAt, runtime.env.timeZone), pattern) : ''
}

/** `{% coupon_link 'NAME' '/path' %}`: the address that applies the code and goes on to the path (`/` by default). */
function compileCouponLink(parser: Parser, tag: Tag): Node {
  const name = readCouponName(parser, tag)
  const [, , pathWord, extra] = tag.words
  if (extra) throw syntaxFault('bad_tag', "Write {% coupon_link 'NAME' '/path' %}.", extra.offset)
  const path: Expression = pathWord ? parser.compile(pathWord) : () => '/'
  return (runtime) => runtime.emit(runtime.env.coupons.link(name, print(path(runtime, ''))))
}

export const COUPON_TAGS: TagTable = {
  coupon_code: { compile: compileCouponCode },
  coupon_expires: { compile: compileCouponExpires },
  coupon_link: { compile: compileCouponLink },
}
