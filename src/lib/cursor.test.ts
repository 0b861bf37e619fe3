import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CursorError, decodeIdCursor, encodeCursor } from './cursor.ts'
import { newId } from './ids.ts'

test('a cursor gives back the id that it was made of', () => {
  const id = newId()
  assert.equal(decodeIdCursor(encodeCursor([id])), id)
  assert.equal(decodeIdCursor(undefined), undefined)
})

test('a cursor that holds something else than an id is refused', () => {
  for (const cursor of [encodeCursor(['x']), encodeCursor([newId(), newId()]), 'junk', '']) {
    assert.throws(() => decodeIdCursor(cursor), CursorError)
  }
})
