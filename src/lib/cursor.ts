/** A cursor that `encodeCursor` did not make. The edge answers it with `invalid_cursor`. */
export class CursorError extends Error {
  override readonly name = 'CursorError'
}

/** Packs the place where a page ended. Opaque to callers. */
export function encodeCursor(place: readonly string[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

/** Unpacks a cursor into `length` strings; undefined for the first page. Throws `CursorError`. */
export function decodeCursor(cursor: string | undefined, length: number): string[] | undefined {
  if (cursor === undefined) return undefined
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (Array.isArray(place) && place.length === length && place.every((part) => typeof part === 'string')) return place
  } catch (cause) {
    throw new CursorError('not a cursor', { cause })
  }
  throw new CursorError('not a cursor of this list')
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Unpacks a cursor that holds one id; undefined for the first page. Throws `CursorError`. */
export function decodeIdCursor(cursor: string | undefined): string | undefined {
  const id = decodeCursor(cursor, 1)?.[0]
  if (id !== undefined && !UUID.test(id)) throw new CursorError('not a cursor of ids')
  return id
}

/** Cuts `limit + 1` fetched rows into a page and the cursor of the next one. */
export function toPage<Row, Item>(
  rows: Row[],
  limit: number,
  place: (row: Row) => readonly string[],
  item: (row: Row) => Item,
): { items: Item[]; next: string | null } {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return { items: shown.map(item), next: rows.length > limit && last ? encodeCursor(place(last)) : null }
}
