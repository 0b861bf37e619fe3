import type { Expression } from '../expression.ts'
import { syntaxFault, valueFault } from '../issues.ts'
import { isEqual, itemsOf } from '../lib/compare.ts'
import { Group, isNone } from '../lib/values.ts'
import type { Node, Parser, Tag, TagTable } from '../parser.ts'
import type { Runtime } from '../runtime.ts'

const PAIR = /^[\p{L}\p{N}_]+=./u

/** `name=value …`, or in the older form `value as name and …`. */
function readPairs(parser: Parser, tag: Tag): Map<string, Expression> {
  const words = tag.words.slice(1)
  const pairs = new Map<string, Expression>()
  const withEquals = PAIR.test(words[0]?.text ?? '')
  while (words.length > 0) {
    const [word, as, name] = words
    if (!word) break
    if (withEquals) {
      const equals = word.text.indexOf('=')
      if (!PAIR.test(word.text)) break
      pairs.set(
        word.text.slice(0, equals),
        parser.compile({ text: word.text.slice(equals + 1), offset: word.offset + equals + 1 }),
      )
      words.shift()
      continue
    }
    if (as?.text !== 'as' || !name) break
    pairs.set(name.text, parser.compile(word))
    words.splice(0, 3)
    if (words[0]?.text !== 'and') break
    words.shift()
  }
  if (pairs.size === 0 || words.length > 0) {
    const message = 'Write {% with name=value %}, without spaces around the equals sign.'
    throw syntaxFault('bad_tag', message, words[0]?.offset ?? tag.start)
  }
  return pairs
}

function compileWith(parser: Parser, tag: Tag): Node {
  const pairs = [...readPairs(parser, tag)]
  const names = pairs.map(([name]) => name)
  const body = parser.withNames(names, () => parser.parseBody(tag, ['endwith']))
  parser.takeTag()
  return (runtime) => {
    const values = pairs.map(([, value]) => value(runtime, ''))
    runtime.push()
    names.forEach((name, i) => {
      runtime.set(name, values[i])
    })
    body(runtime)
    runtime.pop()
  }
}

/** A cycle's place is its own for the whole render; every use of a named one moves the same place. */
type Cycle = { values: Expression[]; name: string | undefined; silent: boolean }

function compileCycle(parser: Parser, tag: Tag): Node {
  const words = tag.words.slice(1)
  const [only] = words
  if (!only) throw syntaxFault('bad_tag', '{% cycle %} needs at least two values.', tag.start)
  if (words.length === 1) {
    const known = parser.shared.get(`cycle ${only.text}`)
    if (!known) {
      throw syntaxFault(
        'bad_tag',
        `There is no cycle named "${only.text}": write {% cycle 'a' 'b' as ${only.text} %} first.`,
        only.offset,
      )
    }
    return nextOf(known as Cycle)
  }
  let silent = false
  let name: string | undefined
  if (words.length > 3 && words.at(-3)?.text === 'as') {
    if (words.at(-1)?.text !== 'silent') {
      throw syntaxFault('bad_tag', 'Only "silent" may follow the name of a cycle.', words.at(-1)?.offset ?? tag.start)
    }
    silent = true
    words.pop()
  }
  if (silent || (words.length > 3 && words.at(-2)?.text === 'as')) {
    name = words.at(-1)?.text
    words.splice(-2)
  }
  const cycle: Cycle = { values: words.map((word) => parser.compile(word)), name, silent }
  if (name !== undefined) {
    parser.shared.set(`cycle ${name}`, cycle)
    parser.bind(name)
  }
  parser.shared.set('last cycle', cycle)
  return nextOf(cycle)
}

function nextOf(cycle: Cycle): Node {
  return (runtime) => {
    const place = (runtime.memory.get(cycle) as number | undefined) ?? 0
    runtime.memory.set(cycle, (place + 1) % cycle.values.length)
    const value = cycle.values[place]?.(runtime, '')
    if (cycle.name !== undefined) runtime.setUpward(cycle.name, value)
    if (!cycle.silent) runtime.emit(value)
  }
}

function compileResetCycle(parser: Parser, tag: Tag): Node {
  const [, word, more] = tag.words
  if (more) throw syntaxFault('bad_tag', '{% resetcycle %} takes the name of one cycle.', more.offset)
  const cycle = parser.shared.get(word ? `cycle ${word.text}` : 'last cycle')
  if (!cycle) throw syntaxFault('bad_tag', 'There is no such cycle before this tag.', word?.offset ?? tag.start)
  return (runtime) => {
    runtime.memory.set(cycle, 0)
  }
}

function compileRegroup(parser: Parser, tag: Tag): Node {
  const [, list, by, key, as, name, more] = tag.words
  if (!list || by?.text !== 'by' || !key || as?.text !== 'as' || !name || more) {
    throw syntaxFault('bad_tag', 'Write {% regroup list by property as groups %}.', tag.start)
  }
  const values = parser.compile(list)
  parser.bind(name.text)
  const prefix = `${name.text}.`
  const grouper = parser.compile({ text: prefix + key.text, offset: key.offset - prefix.length })
  return (runtime) => {
    const value = values(runtime, null)
    const items = isNone(value) ? [] : itemsOf(value)
    if (!items) throw valueFault('{% regroup %} needs a list: this value has no items.')
    runtime.set(name.text, groupItems(runtime, items, name.text, grouper))
  }
}

function groupItems(runtime: Runtime, items: readonly unknown[], name: string, grouper: Expression): Group[] {
  const groups: Group[] = []
  for (const item of items) {
    runtime.step()
    runtime.set(name, item)
    const key = grouper(runtime, null)
    const last = groups.at(-1)
    if (last && isEqual(last.grouper, key)) last.list.push(item)
    else groups.push(new Group(key, [item]))
  }
  return groups
}

export const SCOPE_TAGS: TagTable = {
  with: { compile: compileWith, closes: ['endwith'] },
  cycle: { compile: compileCycle },
  resetcycle: { compile: compileResetCycle },
  regroup: { compile: compileRegroup },
}
