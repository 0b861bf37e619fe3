import { syntaxFault, valueFault } from '../issues.ts'
import { isEqual, itemsOf } from '../lib/compare.ts'
import { isNone } from '../lib/values.ts'
import type { Node, Parser, Tag, TagTable } from '../parser.ts'
import type { Runtime } from '../runtime.ts'
import { parseElse } from './logic.ts'

/** What `forloop` holds; the order of its properties is the order in which it prints. */
type ForLoop = {
  parentloop: unknown
  counter0: number
  counter: number
  revcounter: number
  revcounter0: number
  first: boolean
  last: boolean
}

type LoopHeader = { names: string[]; list: Tag['words'][number]; reversed: boolean }

function readHeader(tag: Tag): LoopHeader {
  const { words } = tag
  if (words.length < 4) throw syntaxFault('bad_tag', 'Write {% for item in list %}.', tag.start)
  const reversed = words.at(-1)?.text === 'reversed'
  const inAt = words.length - (reversed ? 3 : 2)
  const list = words[inAt + 1]
  if (words[inAt]?.text !== 'in' || !list) {
    const extra = words.find((word) => /^(?:limit|offset):/.test(word.text))
    const hint = extra ? ' Give the loop a shorter list: |slice:":3".' : ''
    throw syntaxFault('bad_tag', `Write {% for item in list %}.${hint}`, (extra ?? words[1])?.offset ?? tag.start)
  }
  const names = words
    .slice(1, inAt)
    .map((word) => word.text)
    .join(' ')
    .split(/ *, */)
  if (names.some((name) => name === '' || /[ "'|]/.test(name))) {
    throw syntaxFault(
      'bad_tag',
      'The names of a loop are words with commas between them.',
      words[1]?.offset ?? tag.start,
    )
  }
  return { names, list, reversed }
}

function compileFor(parser: Parser, tag: Tag): Node {
  const { names, list, reversed } = readHeader(tag)
  const values = parser.compile(list)
  const body = parser.withNames([...names, 'forloop'], () => parser.parseBody(tag, ['empty', 'endfor']))
  let empty: Node = () => {}
  const next = parser.takeTag()
  if (next.text === 'empty') {
    empty = parser.parseBody(tag, ['endfor'])
    parser.takeTag()
  } else if (next.name === 'empty') throw syntaxFault('bad_tag', 'Nothing may follow "empty" in its tag.', next.start)
  return (runtime) => {
    const outer = runtime.find('forloop')
    const items = loopItems(values(runtime, null), runtime)
    runtime.push()
    if (items.length === 0) empty(runtime)
    else runLoop(runtime, reversed ? items.toReversed() : items, names, outer ?? {}, body)
    runtime.pop()
  }
}

function loopItems(value: unknown, runtime: Runtime): readonly unknown[] {
  if (isNone(value)) return []
  const items = itemsOf(value)
  if (!items) throw valueFault('A loop needs a list: this value has no items.')
  if (items.length > runtime.env.limits.loopLength) runtime.refuse('A loop has too many rounds for one message.')
  return items
}

function runLoop(runtime: Runtime, items: readonly unknown[], names: string[], outer: unknown, body: Node): void {
  const length = items.length
  const loop: ForLoop = {
    parentloop: outer,
    counter0: 0,
    counter: 1,
    revcounter: length,
    revcounter0: length - 1,
    first: true,
    last: length === 1,
  }
  const [name = ''] = names
  runtime.set('forloop', loop)
  for (let i = 0; i < length; i++) {
    loop.counter0 = i
    loop.counter = i + 1
    loop.revcounter = length - i
    loop.revcounter0 = length - i - 1
    loop.first = i === 0
    loop.last = i === length - 1
    runtime.step()
    runtime.checkLength(runtime.out.length)
    if (names.length === 1) {
      runtime.set(name, items[i])
      body(runtime)
      continue
    }
    bindParts(runtime, names, items[i])
    body(runtime)
    runtime.pop()
  }
}

/** Opens a scope of its own for the parts of one item. */
function bindParts(runtime: Runtime, names: string[], item: unknown): void {
  const parts = itemsOf(item)
  const count = parts?.length ?? 1
  if (!parts || count !== names.length) {
    throw valueFault(`A loop over ${names.length} names needs items of ${names.length} parts; this one has ${count}.`)
  }
  runtime.push()
  names.forEach((name, i) => {
    runtime.set(name, parts[i])
  })
}

function compileIfChanged(parser: Parser, tag: Tag): Node {
  const watched = tag.words.slice(1).map((word) => parser.compile(word))
  const body = parser.parseBody(tag, ['else', 'endifchanged'])
  const otherwise = parseElse(parser, tag, 'endifchanged')
  const key = {}
  return (runtime) => {
    const memory = changeMemory(runtime, key)
    const captured = watched.length > 0 ? undefined : runtime.capture(body)
    const now = captured ?? watched.map((value) => value(runtime, null))
    if (memory.hasValue && isEqual(memory.value, now)) {
      otherwise?.(runtime)
      return
    }
    memory.hasValue = true
    memory.value = now
    if (captured === undefined) body(runtime)
    else runtime.write(captured)
  }
}

type ChangeMemory = { hasValue: boolean; value: unknown }

/** Remembered per tag and per run of the innermost loop, so that an inner loop starts afresh. */
function changeMemory(runtime: Runtime, tag: object): ChangeMemory {
  const found = runtime.find('forloop')
  const loop = typeof found === 'object' && found !== null ? found : tag
  let perLoop = runtime.memory.get(loop) as Map<object, ChangeMemory> | undefined
  if (!perLoop) {
    perLoop = new Map()
    runtime.memory.set(loop, perLoop)
  }
  let memory = perLoop.get(tag)
  if (!memory) {
    memory = { hasValue: false, value: undefined }
    perLoop.set(tag, memory)
  }
  return memory
}

export const LOOP_TAGS: TagTable = {
  for: { compile: compileFor, closes: ['empty', 'endfor'] },
  ifchanged: { compile: compileIfChanged, closes: ['else', 'endifchanged'] },
}
