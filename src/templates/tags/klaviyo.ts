import { type Expression, readLiteral } from '../expression.ts'
import { Fault, syntaxFault } from '../issues.ts'
import { parseFloatValue } from '../lib/coerce.ts'
import { formatPercent } from '../lib/date-text.ts'
import { formatTime, toLocal } from '../lib/dates.ts'
import { print } from '../lib/print.ts'
import type { Node, Parser, Tag, TagDefinition, TagTable } from '../parser.ts'
import type { Runtime } from '../runtime.ts'
import { readOptions } from './coupon.ts'
import { takeName } from './logic.ts'

/** A tag that prints a part of today's date, in English. Source: Klaviyo's help, article 115005257788. */
function dateTag(format: string): TagDefinition {
  return {
    compile: (_parser, tag) => {
      const extra = tag.words[1]
      if (extra) throw syntaxFault('bad_tag', `Nothing may follow "${tag.name}" in its tag.`, extra.offset)
      return (runtime) => runtime.write(formatTime(today(runtime), format))
    },
  }
}

function today(runtime: Runtime) {
  return toLocal(runtime.env.now, runtime.env.timeZone)
}

/** `{% today '%Y-%m-%d' as name %}`: today's date as a text, which `format_date_string` makes a date again. */
function compileToday(parser: Parser, tag: Tag): Node {
  const words = tag.words.slice(1)
  const name = takeName(parser, words)
  const [word, extra] = words
  if (extra) throw syntaxFault('bad_tag', "Write {% today '%Y-%m-%d' as name %}.", extra.offset)
  const format = word && parser.compile(word)
  return (runtime) => {
    const text = formatPercent(today(runtime), format ? print(format(runtime, '')) : '%Y-%m-%d')
    if (name === undefined) runtime.emit(text)
    else runtime.set(name, text)
  }
}

/** `{% currency_format price %}`: the amount in the account's currency; what is no number prints as it is. */
function compileCurrency(parser: Parser, tag: Tag): Node {
  const words = tag.words.slice(1)
  const name = takeName(parser, words)
  const [amountWord, currencyWord, extra] = words
  if (!amountWord || extra)
    throw syntaxFault('bad_tag', 'Write {% currency_format amount %}.', (extra ?? amountWord)?.offset ?? tag.start)
  const amount = parser.compile(amountWord)
  const currency: Expression | undefined = currencyWord && parser.compile(currencyWord)
  return (runtime) => {
    const value = amount(runtime, '')
    const number = parseFloatValue(value)
    const code = currency ? print(currency(runtime, '')) : runtime.env.currency
    const text = number === undefined ? value : formatCurrency(number, code, runtime.env.locale)
    if (name === undefined) runtime.emit(text)
    else runtime.set(name, text)
  }
}

function formatCurrency(amount: number, currency: string, locale: string): string {
  const code = /^[A-Za-z]{3}$/.test(currency) ? currency : 'USD'
  return new Intl.NumberFormat(locale, { style: 'currency', currency: code }).format(amount)
}

/**
 * `{% catalog ITEM_ID unpublished="cancel" %}…{% endcatalog %}`: the body with the product as `catalog_item`.
 *
 * A product that the catalog lacks ends the render with code `catalog_item_unavailable`: the message must be skipped.
 */
function compileCatalog(parser: Parser, tag: Tag): Node {
  const word = tag.words[1]
  if (!word) throw syntaxFault('bad_tag', 'Write {% catalog ITEM_ID %}…{% endcatalog %}.', tag.start)
  const option =
    readOptions(tag, 2, ['unpublished', 'integration', 'catalog_id']).get('unpublished')?.text ?? '"cancel"'
  const unpublished = readLiteral(option) === 'cancel' ? 'cancel' : 'ignore'
  const id = parser.compile(word)
  const body = parser.withNames(['catalog_item'], () => parser.parseBody(tag, ['endcatalog']))
  parser.takeTag()
  return (runtime) => {
    const itemId = print(id(runtime, ''))
    const item = runtime.env.catalog?.(itemId, { unpublished })
    if (!item) throw itemUnavailable(itemId)
    runtime.push()
    runtime.set('catalog_item', item)
    body(runtime)
    runtime.pop()
  }
}

function itemUnavailable(item: string): Fault {
  const message = `The catalog has no item "${item}" that may be shown.`
  return new Fault('limit', 'catalog_item_unavailable', message, { data: { item } })
}

export const KLAVIYO_TAGS: TagTable = {
  current_day: dateTag('j'),
  current_month: dateTag('n'),
  current_month_name: dateTag('F'),
  current_weekday: dateTag('l'),
  current_year: dateTag('Y'),
  today: { compile: compileToday },
  currency_format: { compile: compileCurrency },
  catalog: { compile: compileCatalog, closes: ['endcatalog'] },
}
