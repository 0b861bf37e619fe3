import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openTestDatabase } from '../../test/database.ts'
import { CursorError, encodeCursor } from '../lib/cursor.ts'
import { newId } from '../lib/ids.ts'
import { insertAccount } from './accounts.sql.ts'
import { listAudit, recordAudit } from './audit.ts'

const now = new Date('2026-06-01T10:00:00Z')

test('the audit log shows the newest entry first, page by page, and only those of the account', async () => {
  await using database = await openTestDatabase()
  const { db } = database
  const [accountId, otherId] = [newId(), newId()]
  for (const id of [accountId, otherId]) await insertAccount(db, { id, name: 'Brand', timeZone: 'UTC', now })
  for (const action of ['a.first', 'a.second', 'a.third']) {
    await recordAudit(db, { accountId, actor: 'system', action, subject: 'thing:1', data: { action }, now })
  }
  await recordAudit(db, { accountId: otherId, actor: 'system', action: 'other', subject: 'thing:2', now })

  const first = await listAudit(db, { accountId, limit: 2 })
  assert.deepEqual(
    first.items.map((entry) => [entry.action, entry.data, entry.at]),
    [
      ['a.third', { action: 'a.third' }, '2026-06-01T10:00:00.000Z'],
      ['a.second', { action: 'a.second' }, '2026-06-01T10:00:00.000Z'],
    ],
  )
  const second = await listAudit(db, { accountId, limit: 2, cursor: first.next! })
  assert.deepEqual(
    second.items.map((entry) => entry.action),
    ['a.first'],
  )
  assert.equal(second.next, null)
})

test('a cursor that holds no id is refused before the database sees it', async () => {
  await using database = await openTestDatabase()
  await listAudit(database.db, { accountId: newId(), limit: 2 })
  const cursor = encodeCursor(["x' or 1=1"])
  await assert.rejects(listAudit(database.db, { accountId: newId(), limit: 2, cursor }), CursorError)
})
