import { syntaxFault, valueFault } from '../issues.ts'
import { parseFloatValue, parseIntegerValue } from '../lib/coerce.ts'
import { formatTime, toLocal } from '../lib/dates.ts'
import { exactDecimal, roundDecimal } from '../lib/numbers.ts'
import { print } from '../lib/print.ts'
import { strip } from '../lib/text.ts'
import { SafeText } from '../lib/values.ts'
import type { Node, Parser, Tag, TagTable } from '../parser.ts'

function compileAutoescape(parser: Parser, tag: Tag): Node {
  const words = tag.text.split(/\s+/)
  const [, mode] = words
  if (words.length !== 2 || (mode !== 'on' && mode !== 'off')) {
    throw syntaxFault('bad_tag', 'Write {% autoescape on %} or {% autoescape off %}.', tag.start)
  }
  const body = parser.parseBody(tag, ['endautoescape'])
  parser.takeTag()
  return (runtime) => {
    const outer = runtime.autoescape
    runtime.autoescape = mode === 'on'
    body(runtime)
    runtime.autoescape = outer
  }
}

function compileComment(parser: Parser, tag: Tag): Node {
  parser.skipTo(tag, 'endcomment')
  return () => {}
}

function compileVerbatim(parser: Parser, tag: Tag): Node {
  const body = parser.parseBody(tag, ['endverbatim'])
  parser.takeTag()
  return body
}

function compileSpaceless(parser: Parser, tag: Tag): Node {
  const body = parser.parseBody(tag, ['endspaceless'])
  parser.takeTag()
  return (runtime) => {
    const text = strip(runtime.capture(body))
    runtime.spend(Math.floor(text.length / 64))
    runtime.write(text.replace(/>\s+</g, '><'))
  }
}

/** `{% filter upper %}…{% endfilter %}`: the body's output, as safe text, goes through the filters. */
function compileFilterBlock(parser: Parser, tag: Tag): Node {
  const rest = strip(tag.text.slice('filter'.length))
  const at = tag.end - rest.length
  if (rest === '') throw syntaxFault('bad_tag', 'Write {% filter name %} with the name of a filter.', tag.start)
  if (/(?:^|\|)\s*(?:escape|safe)\s*(?:\||$)/.test(rest)) {
    throw syntaxFault('bad_tag', 'A filter block cannot use "escape" or "safe": write {% autoescape %} instead.', at)
  }
  const apply = parser.withNames(['var'], () => parser.compile({ text: `var|${rest}`, offset: at - 'var|'.length }))
  const body = parser.parseBody(tag, ['endfilter'])
  parser.takeTag()
  return (runtime) => {
    const text = runtime.capture(body)
    runtime.push()
    runtime.set('var', new SafeText(text))
    const filtered = print(apply(runtime, ''))
    runtime.pop()
    runtime.write(runtime.env.coupons.keep(text, filtered))
  }
}

const MARKS: Readonly<Record<string, string>> = {
  openblock: '{%',
  closeblock: '%}',
  openvariable: '{{',
  closevariable: '}}',
  openbrace: '{',
  closebrace: '}',
  opencomment: '{#',
  closecomment: '#}',
}

function compileTemplateTag(_parser: Parser, tag: Tag): Node {
  const name = tag.words[1]?.text ?? ''
  const mark = Object.hasOwn(MARKS, name) ? MARKS[name] : undefined
  if (mark === undefined || tag.words.length !== 2) {
    throw syntaxFault('bad_tag', `{% templatetag %} takes one of: ${Object.keys(MARKS).join(', ')}.`, tag.start)
  }
  return (runtime) => runtime.write(mark)
}

function compileNow(parser: Parser, tag: Tag): Node {
  const { words } = tag
  const name = words.length === 4 && words[2]?.text === 'as' ? words[3]?.text : undefined
  if (words.length !== (name === undefined ? 2 : 4)) {
    throw syntaxFault('bad_tag', 'Write {% now "Y-m-d" %}, or {% now "Y-m-d" as name %}.', tag.start)
  }
  const format = words[1]?.text.slice(1, -1) ?? ''
  if (name !== undefined) parser.bind(name)
  return (runtime) => {
    const text = formatTime(toLocal(runtime.env.now, runtime.env.timeZone), format || 'DATE_FORMAT')
    if (name === undefined) runtime.write(text)
    else runtime.set(name, text)
  }
}

function compileWidthRatio(parser: Parser, tag: Tag): Node {
  const [, value, max, width, as, name] = tag.words
  const hasName = tag.words.length === 6 && as?.text === 'as'
  if (!value || !max || !width || (tag.words.length !== 4 && !hasName)) {
    throw syntaxFault('bad_tag', 'Write {% widthratio value maximum width %}.', tag.start)
  }
  const [partOf, wholeOf, widthOf] = [parser.compile(value), parser.compile(max), parser.compile(width)]
  if (hasName && name) parser.bind(name.text)
  return (runtime) => {
    const [part, whole] = [partOf(runtime, ''), wholeOf(runtime, '')]
    const scale = parseIntegerValue(widthOf(runtime, ''))
    if (scale === undefined) throw valueFault('The last value of {% widthratio %} must be a number.')
    const text = ratioText(parseFloatValue(part), parseFloatValue(whole), Number(scale))
    if (hasName && name) runtime.set(name.text, text)
    else runtime.write(text)
  }
}

/** part / whole × width as a whole number, halves to even; 0 for a whole of 0, empty for what is no number. */
function ratioText(part: number | undefined, whole: number | undefined, width: number): string {
  if (part === undefined || whole === undefined) return ''
  if (whole === 0) return '0'
  const ratio = (part / whole) * width
  return Number.isFinite(ratio) ? roundDecimal(exactDecimal(ratio), 0, 'half-even') : ''
}

export const TEXT_TAGS: TagTable = {
  autoescape: { compile: compileAutoescape, closes: ['endautoescape'] },
  comment: { compile: compileComment, closes: ['endcomment'] },
  verbatim: { compile: compileVerbatim, closes: ['endverbatim'] },
  spaceless: { compile: compileSpaceless, closes: ['endspaceless'] },
  filter: { compile: compileFilterBlock, closes: ['endfilter'] },
  templatetag: { compile: compileTemplateTag },
  now: { compile: compileNow },
  widthratio: { compile: compileWidthRatio },
}
