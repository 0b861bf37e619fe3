import { CursorError, decodeCursor } from './cursor.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Unpacks the cursor of a list that is ordered by id; undefined for the first page. Throws `CursorError`. */
export function decodeIdCursor(cursor: string | undefined): string | undefined {
  const [id] = decodeCursor(cursor, 1) ?? []
  if (id !== undefined && !UUID.test(id)) throw new CursorError('not a cursor of this list')
  return id
}
