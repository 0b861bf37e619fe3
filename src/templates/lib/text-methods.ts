import { Incomparable } from './compare.ts'
import {
  codePoints,
  expandTabs,
  splitLines,
  splitSpaces,
  strip,
  stripEnd,
  stripStart,
  titleCase,
  titleOf,
} from './text.ts'

type Method = (text: string) => unknown

const hasCased = (text: string) => text.toLowerCase() !== text.toUpperCase()
const all = (pattern: RegExp) => (text: string) => pattern.test(text)

/** Methods of a Python text that need no arguments, by name. */
const METHODS: Record<string, Method> = {
  upper: (text) => text.toUpperCase(),
  lower: (text) => text.toLowerCase(),
  casefold: (text) => Array.from(text, (char) => (char === 'ı' ? char : char.toUpperCase().toLowerCase())).join(''),
  title: titleCase,
  capitalize: (text) => {
    const [first = '', ...rest] = codePoints(text)
    return titleOf(first) + rest.join('').toLowerCase()
  },
  swapcase: (text) =>
    codePoints(text)
      .map((char) => (char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase()))
      .join(''),
  strip,
  lstrip: stripStart,
  rstrip: stripEnd,
  split: splitSpaces,
  rsplit: splitSpaces,
  splitlines: (text) => splitLines(text),
  format: (text) => {
    if (/[{}]/.test(text)) throw new Incomparable('The method "format" needs values for the braces in the text.')
    return text
  },
  expandtabs: expandTabs,
  isalpha: all(/^\p{L}+$/u),
  isalnum: all(/^[\p{L}\p{N}]+$/u),
  isdecimal: all(/^\p{Nd}+$/u),
  isdigit: all(/^[\p{Nd}\u00b2\u00b3\u00b9\u2070-\u2079\u2080-\u2089\u2460-\u2468]+$/u),
  isnumeric: all(/^\p{N}+$/u),
  isspace: (text) => text !== '' && strip(text) === '',
  isupper: (text) => hasCased(text) && text === text.toUpperCase(),
  islower: (text) => hasCased(text) && text === text.toLowerCase(),
  istitle: (text) => hasCased(text) && text === titleCase(text),
  isidentifier: all(/^[\p{L}_][\p{L}\p{N}_]*$/u),
  isascii: all(/^\p{ASCII}*$/u),
  isprintable: all(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]*$/u),
}

const METHODS_WITH_ARGUMENTS = new Set(
  (
    'center encode format_map join ljust maketrans partition removeprefix removesuffix ' +
    'replace rjust rpartition translate zfill'
  ).split(' '),
)

/** Methods that fail without arguments instead of giving an empty text. */
const FAILING_METHODS = new Set(['count', 'endswith', 'find', 'index', 'rfind', 'rindex', 'startswith'])

/** What `text.name` gives: a method's result, '' for a method that needs arguments, undefined for no method. */
export function callTextMethod(text: string, name: string): unknown {
  const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined
  if (method) return method(text)
  if (FAILING_METHODS.has(name)) throw new Incomparable(`The method "${name}" of a text needs arguments.`)
  return METHODS_WITH_ARGUMENTS.has(name) ? '' : undefined
}
