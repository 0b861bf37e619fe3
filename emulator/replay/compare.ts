import { parseGid } from '../gid.ts'
import { rootFields } from './choose-request.ts'
import { isObject, type Json, type JsonObject } from './json.ts'

export interface Difference {
  path: string
  recorded: Json | undefined
  got: Json | undefined
}

/** What was learnt from the steps so far: which recorded id or cursor stands for which of the emulator. */
export interface Memory {
  ids: Map<string, string>
  cursors: Map<string, string>
  /** Ends that a request asked for; any other end was set by the store's clock. */
  givenEnds: Set<string>
  /** Last `updatedAt` of each recorded object, recorded and got, with the generation in which it was seen. */
  updates: Map<string, { recorded: string; got: string; generation: number }>
  /** Rises with each request that may change a discount; adding codes does not. */
  generation: number
}

export function createMemory(): Memory {
  return { ids: new Map(), cursors: new Map(), givenEnds: new Set(), updates: new Map(), generation: 0 }
}

/** Searches of lists that run behind writes in the real store, or that also find objects of others. */
const SEARCHED = /^(discountNodes|codeDiscountNodes|automaticDiscountNodes|customers|orders)$/

/** Fields that change from run to run; only whether they are null counts. */
const VOLATILE =
  /^(createdAt|updatedAt|cursor|startCursor|endCursor|legacyResourceId|processedAt|confirmationNumber|checkoutToken|cartToken)$/

interface Comparison {
  memory: Memory
  differences: Difference[]
  /** The recorded object that holds the present value, for relations over time. */
  owner: string
}

/** Compares the stable fields of a reply with the recorded one. */
export function compareReply(
  memory: Memory,
  query: string,
  recorded: { status: number; body: JsonObject },
  got: { status: number; body: JsonObject },
): Difference[] {
  const comparison: Comparison = {
    memory,
    differences: [],
    owner: '',
  }
  differ(comparison, 'status', recorded.status, got.status)
  for (const part of ['data', 'errors']) {
    const [was, is] = [part in recorded.body, part in got.body]
    if (was !== is) comparison.differences.push({ path: part, recorded: recorded.body[part], got: got.body[part] })
  }
  if (isObject(recorded.body.data) && isObject(got.body.data))
    compareData(comparison, query, recorded.body.data, got.body.data)
  else if ('data' in recorded.body && 'data' in got.body)
    compareValue(comparison, 'data', recorded.body.data ?? null, got.body.data)
  compareErrors(comparison, recorded.body.errors, got.body.errors)
  compareCost(comparison, recorded.body.extensions, got.body.extensions)
  return comparison.differences
}

function differ(comparison: Comparison, path: string, recorded: Json | undefined, got: Json | undefined): void {
  if (recorded !== got) comparison.differences.push({ path, recorded, got })
}

function compareData(comparison: Comparison, query: string, recorded: JsonObject, got: JsonObject): void {
  const fields = rootFields(query)
  for (const [key, value] of Object.entries(recorded)) {
    const field = fields.get(key)
    const name = field?.name.value ?? key
    const searches = field?.arguments?.some((argument) => argument.name.value === 'query') ?? false
    if (SEARCHED.test(name) && searches && isObject(value) && !isComparableList(comparison.memory, value)) continue
    if (name === 'customersCount' || (/Count$/.test(name) && !searches)) {
      comparePrecision(comparison, `data.${key}`, value, got[key])
      continue
    }
    compareValue(comparison, `data.${key}`, value, got[key])
  }
}

/** Of a count over the whole store only the precision can be the same. */
function comparePrecision(comparison: Comparison, path: string, recorded: Json, got: Json | undefined): void {
  if (!isObject(recorded) || !isObject(got)) differ(comparison, path, recorded, got)
  else if ('precision' in recorded) differ(comparison, `${path}.precision`, recorded.precision, got.precision)
}

/** A found list counts when it has entries and all that carry an id are known objects. */
function isComparableList(memory: Memory, connection: JsonObject): boolean {
  const edges = Array.isArray(connection.edges)
    ? connection.edges.map((edge) => (isObject(edge) ? (edge.node ?? null) : null))
    : []
  const nodes = Array.isArray(connection.nodes) ? connection.nodes : edges
  if (nodes.length === 0) return isObject(connection.pageInfo)
  return nodes.every((node) => isObject(node) && (typeof node.id !== 'string' || memory.ids.has(node.id)))
}

function compareValue(comparison: Comparison, path: string, recorded: Json, got: Json | undefined): void {
  const key = path.slice(path.lastIndexOf('.') + 1)
  if (Array.isArray(recorded)) {
    if (!Array.isArray(got) || got.length !== recorded.length) {
      comparison.differences.push({ path, recorded, got })
      return
    }
    recorded.forEach((entry, index) => {
      compareValue(comparison, `${path}[${index}]`, entry, got[index])
    })
    return
  }
  if (isObject(recorded)) {
    compareObject(comparison, path, recorded, got)
    return
  }
  if (typeof recorded === 'string' && typeof got === 'string') compareText(comparison, path, key, recorded, got)
  else if (VOLATILE.test(key) && recorded !== null && got !== null && got !== undefined) return
  else differ(comparison, path, recorded, got)
}

function compareObject(comparison: Comparison, path: string, recorded: JsonObject, got: Json | undefined): void {
  if (!isObject(got)) {
    comparison.differences.push({ path, recorded, got })
    return
  }
  const before = comparison.owner
  if (typeof recorded.id === 'string') comparison.owner = recorded.id
  const isJob = path.endsWith('.job')
  for (const [key, value] of Object.entries(recorded)) {
    if (isJob && (key === 'id' || key === 'done')) continue
    compareValue(comparison, `${path}.${key}`, value, got[key])
  }
  comparison.owner = before
}

function compareText(comparison: Comparison, path: string, key: string, recorded: string, got: string): void {
  const { memory } = comparison
  if (/ursor$/.test(key)) memory.cursors.set(recorded, got)
  else if (parseGid(recorded)) compareGid(comparison, path, recorded, got)
  else if (key === 'updatedAt') compareUpdate(comparison, path, recorded, got)
  else if (key === 'endsAt' && !memory.givenEnds.has(recorded) && !memory.givenEnds.has(got)) {
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(got)) comparison.differences.push({ path, recorded, got })
  } else if (!VOLATILE.test(key)) {
    differ(comparison, path, key === 'message' ? hideIds(recorded) : recorded, key === 'message' ? hideIds(got) : got)
  }
}

/** Ids differ, but their kind does not, and each recorded id stands for one id of the emulator and no other. */
function compareGid(comparison: Comparison, path: string, recorded: string, got: string): void {
  const { ids } = comparison.memory
  const known = ids.get(recorded)
  const sameKind = parseGid(recorded)?.kind === parseGid(got)?.kind
  const stolen = known === undefined && [...ids].some(([from, to]) => to === got && from !== recorded)
  if (!sameKind || stolen || (known !== undefined && known !== got))
    comparison.differences.push({ path, recorded, got })
  else ids.set(recorded, got)
}

/**
 * Where nothing was changed in between, what is the same in the recording must be the same here, such as `updatedAt` after
 * codes were added; where a change shows in the recording, it must show here.
 */
function compareUpdate(comparison: Comparison, path: string, recorded: string, got: string): void {
  const { memory, owner } = comparison
  const before = memory.updates.get(owner)
  const untouched = before?.generation === memory.generation
  if (before && untouched && before.recorded === recorded && before.got !== got) {
    comparison.differences.push({ path, recorded: 'unchanged', got })
  }
  if (before && !untouched && before.recorded !== recorded && before.got === got) {
    comparison.differences.push({ path, recorded: 'changed', got })
  }
  if (owner) memory.updates.set(owner, { recorded, got, generation: memory.generation })
}

function hideIds(message: string): string {
  return message.replace(/\d{9,}/g, (digits) => (digits === '2147483647' || /^1?0+$/.test(digits) ? digits : 'N'))
}

function compareErrors(comparison: Comparison, recorded: Json | undefined, got: Json | undefined): void {
  if (!Array.isArray(recorded) || !Array.isArray(got)) return
  differ(comparison, 'errors.length', recorded.length, got.length)
  recorded.forEach((was, index) => {
    const is = got[index]
    if (!isObject(was) || !isObject(is)) return
    differ(comparison, `errors[${index}].message`, hideIds(String(was.message)), hideIds(String(is.message)))
    differ(comparison, `errors[${index}].path`, JSON.stringify(was.path ?? null), JSON.stringify(is.path ?? null))
    const code = (error: JsonObject): Json => (isObject(error.extensions) ? (error.extensions.code ?? null) : null)
    differ(comparison, `errors[${index}].extensions.code`, code(was), code(is))
  })
}

function compareCost(comparison: Comparison, recorded: Json | undefined, got: Json | undefined): void {
  const was = isObject(recorded) && isObject(recorded.cost) ? recorded.cost : undefined
  const is = isObject(got) && isObject(got.cost) ? got.cost : undefined
  if (!was) return
  differ(comparison, 'extensions.cost.requestedQueryCost', was.requestedQueryCost, is?.requestedQueryCost)
  if (!isObject(was.throttleStatus) || !isObject(is?.throttleStatus)) return
  for (const key of ['maximumAvailable', 'restoreRate']) {
    differ(comparison, `extensions.cost.throttleStatus.${key}`, was.throttleStatus[key], is.throttleStatus[key])
  }
}
