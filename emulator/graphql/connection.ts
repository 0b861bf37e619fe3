import { badRequest } from '../errors/api-error.ts'

/** Arguments that every connection of the Admin API takes. */
export interface PageArgs {
  first?: number | null
  last?: number | null
  after?: string | null
  before?: string | null
  reverse?: boolean | null
}

/** Place of an item in its list: by `value`, then by id. */
export interface SortKey {
  id: number
  value: number | string
}

/** Objects per page. Source: Shopify, "API limits". */
const MAX_PAGE = 250

export interface Connection<View> {
  nodes: View[]
  edges: { cursor: string; node: View }[]
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null }
}

/** Cursors are base64 of `{last_id, last_value}`; sorted by id the value is the id as text. Source: recorded cursors. */
function encodeCursor(key: SortKey): string {
  const value = key.value === key.id ? String(key.id) : key.value
  return Buffer.from(JSON.stringify({ last_id: key.id, last_value: value })).toString('base64')
}

function decodeCursor(text: string): SortKey {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, 'base64').toString('utf8'))
    if (
      typeof parsed === 'object' &&
      parsed &&
      'last_id' in parsed &&
      typeof parsed.last_id === 'number' &&
      'last_value' in parsed
    ) {
      const { last_id: id, last_value: value } = parsed
      if (value === String(id)) return { id, value: id }
      if (typeof value === 'string' || typeof value === 'number') return { id, value }
    }
  } catch {
    // an unreadable cursor is refused below, like one of another sort
  }
  throw badRequest('Invalid cursor for current pagination sort.')
}

function compareKeys(left: SortKey, right: SortKey): number {
  if (left.value !== right.value) return left.value < right.value ? -1 : 1
  return left.id - right.id
}

/** First index whose key is not below `key`, or is above it when `past` is set. `items` rise. */
function boundary<T>(items: readonly T[], keyOf: (item: T) => SortKey, key: SortKey, past: boolean): number {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >> 1
    const item = items[middle] as T
    const order = compareKeys(keyOf(item), key)
    if (order < 0 || (past && order === 0)) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * One page of a list. `items` must rise by `keyOf`; a page costs two binary searches and its own length, so it is as
 * quick in a list of a million as in one of ten.
 */
export function pageOf<T, View>(
  items: readonly T[],
  args: PageArgs,
  keyOf: (item: T) => SortKey,
  view: (item: T) => View,
): Connection<View> {
  const size = pageSize(args)
  const reverse = args.reverse === true
  let low = 0
  let high = items.length
  if (args.after) {
    if (reverse) high = boundary(items, keyOf, decodeCursor(args.after), false)
    else low = boundary(items, keyOf, decodeCursor(args.after), true)
  }
  if (args.before) {
    if (reverse) low = boundary(items, keyOf, decodeCursor(args.before), true)
    else high = boundary(items, keyOf, decodeCursor(args.before), false)
  }
  const fromStart = (args.first !== null && args.first !== undefined) !== reverse
  const from = fromStart ? low : Math.max(low, high - size)
  const to = fromStart ? Math.min(high, low + size) : high
  const page = items.slice(from, Math.max(from, to))
  if (reverse) page.reverse()
  const edges = page.map((item) => ({ cursor: encodeCursor(keyOf(item)), node: view(item) }))
  return {
    nodes: edges.map((edge) => edge.node),
    edges,
    pageInfo: {
      hasNextPage: page.length > 0 && (reverse ? from > 0 : to < items.length),
      hasPreviousPage: page.length > 0 && (reverse ? to < items.length : from > 0),
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  }
}

function pageSize(args: PageArgs): number {
  const size = args.first ?? args.last
  if (size === null || size === undefined) throw badRequest('you must provide one of first or last')
  if (args.first !== null && args.first !== undefined && args.last !== null && args.last !== undefined) {
    throw badRequest('providing both first and last is not supported')
  }
  if (size < 0) throw badRequest(`${args.first === size ? 'first' : 'last'} must be at least 0`)
  if (size > MAX_PAGE) throw badRequest(`${args.first === size ? 'first' : 'last'} cannot exceed ${MAX_PAGE}`)
  return size
}

/** An empty page, for lists that the emulator does not keep (events, metafields). */
export function emptyPage(): Connection<never> {
  return {
    nodes: [],
    edges: [],
    pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
  }
}

/** A count cut at `limit` says so; null counts everything. Source: recording order-catalog-count-read. */
export function toCount(
  total: number,
  limit: number | null | undefined,
): { count: number; precision: 'EXACT' | 'AT_LEAST' } {
  if (limit === null || limit === undefined || total <= limit) return { count: total, precision: 'EXACT' }
  return { count: limit, precision: 'AT_LEAST' }
}
