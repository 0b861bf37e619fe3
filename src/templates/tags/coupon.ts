import { type Expression, readLiteral } from '../expression.ts'
import { syntaxFault } from '../issues.ts'
import type { Word } from '../lexer.ts'
import { formatTime, toLocal } from '../lib/dates.ts'
import { print } from '../lib/print.ts'
import { isDate } from '../lib/values.ts'
import type { Node, Parser, Tag, TagTable } from '../parser.ts'
import type { Runtime } from '../runtime.ts'
import { takeName } from './logic.ts'

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

/**
 * Prints what a coupon tag gives, or keeps it under a name. A kept code counts as shown where the tag stands: what becomes of
 * the name, a filter could hide.
 */
function showCoupon(coupon: string, name: string | undefined, textFor: (runtime: Runtime) => string): Node {
  if (name === undefined) return (runtime) => runtime.emit(textFor(runtime))
  return (runtime) => {
    runtime.set(name, textFor(runtime))
    runtime.write(runtime.env.coupons.trace(coupon))
  }
}

/** `{% coupon_code 'NAME' %}`, with `cut=…` without these characters, with `as name` kept under a name. */
function compileCouponCode(parser: Parser, tag: Tag): Node {
  const coupon = readCouponName(parser, tag)
  const name = takeName(parser, tag.words)
  const cutWord = readOptions(tag, 2, ['cut']).get('cut')?.text ?? ''
  const cut = /^(["']).*\1$/.test(cutWord) ? readLiteral(cutWord) : cutWord
  return showCoupon(coupon, name, (runtime) => runtime.env.coupons.code(coupon, cut))
}

/** `{% coupon_expires 'NAME' %}` or with a format of the filter `date`; empty for a code that never ends. */
function compileCouponExpires(parser: Parser, tag: Tag): Node {
  const coupon = readCouponName(parser, tag)
  const name = takeName(parser, tag.words)
  const format = readExtra(parser, tag, "{% coupon_expires 'NAME' 'F j' %}")
  return showCoupon(coupon, name, (runtime) => {
    const pattern = format ? print(format(runtime, '')) : 'DATE_FORMAT'
    return runtime.env.coupons.expiry(coupon, (expiresAt) => printExpiry(runtime, expiresAt, pattern))
  })
}

function printExpiry(runtime: Runtime, expiresAt: Date | null, pattern: string): string {
  return isDate(expiresAt) ? formatTime(toLocal(expiresAt, runtime.env.timeZone), pattern) : ''
}

/** `{% coupon_link 'NAME' '/path' %}`: the address that applies the code and goes on to the path (`/` by default). */
function compileCouponLink(parser: Parser, tag: Tag): Node {
  const coupon = readCouponName(parser, tag)
  const name = takeName(parser, tag.words)
  const path = readExtra(parser, tag, "{% coupon_link 'NAME' '/path' %}")
  return showCoupon(coupon, name, (runtime) => runtime.env.coupons.link(coupon, path ? print(path(runtime, '')) : '/'))
}

/** The one value that may follow the coupon's name. */
function readExtra(parser: Parser, tag: Tag, form: string): Expression | undefined {
  const [, , word, extra] = tag.words
  if (extra) throw syntaxFault('bad_tag', `Write ${form}.`, extra.offset)
  return word && parser.compile(word)
}

export const COUPON_TAGS: TagTable = {
  coupon_code: { compile: compileCouponCode },
  coupon_expires: { compile: compileCouponExpires },
  coupon_link: { compile: compileCouponLink },
}
