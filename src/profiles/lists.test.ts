import assert from 'node:assert/strict'
import { after as afterAll, test } from 'node:test'
import { sql } from 'kysely'
import { openTestDatabase } from '../../test/database.ts'
import { START, seedAccount, seedProfiles } from '../../test/seed.ts'
import { AppError } from '../errors.ts'
import { newId } from '../lib/ids.ts'
import {
  addMembers,
  createList,
  deleteList,
  listLists,
  listMembers,
  removeMembers,
  renameList,
  requireList,
} from './lists.ts'
import { requireProfile } from './profiles.ts'

const database = await openTestDatabase()
const { db } = database
afterAll(() => database[Symbol.asyncDispose]())

function hasCode(code: string) {
  return (error: unknown) => error instanceof AppError && error.code === code
}

async function countJoined(accountId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from events
    where account_id = ${accountId}::uuid and metric = 'joined_list'`.execute(db)
  return rows[0]?.count ?? 0
}

test('a name belongs to one list of the account, whatever its case', async () => {
  const { accountId } = await seedAccount(db)
  const list = await createList(db, { accountId, name: 'Newsletter', now: START })
  await assert.rejects(createList(db, { accountId, name: 'NEWSLETTER', now: START }), hasCode('name_taken'))
  const other = await createList(db, { accountId, name: 'VIP', now: START })
  await assert.rejects(renameList(db, { accountId, listId: other.id, name: 'newsletter' }), hasCode('name_taken'))
  const renamed = await renameList(db, { accountId, listId: list.id, name: 'News' })
  assert.deepEqual(renamed, { ...list, name: 'News' })
  const page = await listLists(db, { accountId, limit: 1 })
  assert.deepEqual(page.items, [other])
  assert.deepEqual((await listLists(db, { accountId, limit: 1, cursor: page.next ?? '' })).items, [renamed])
})

test('joining twice, also at the same time, is one membership and one event', async () => {
  const { accountId } = await seedAccount(db)
  const { id: listId } = await createList(db, { accountId, name: 'L', now: START })
  const profileIds = await seedProfiles(db, accountId, 30)
  const orders = [profileIds, profileIds.toReversed(), [...profileIds, ...profileIds]]
  await Promise.all(
    [...orders, ...orders].map((ids) => addMembers(db, { accountId, listId, profileIds: ids, now: START })),
  )
  assert.equal((await requireList(db, { accountId, listId })).memberCount, 30)
  assert.equal(await countJoined(accountId), 30)
})

test('a profile of another account cannot join, and then nobody does', async () => {
  const [one, other] = [await seedAccount(db), await seedAccount(db)]
  const { accountId } = one
  const { id: listId } = await createList(db, { accountId, name: 'L', now: START })
  const [own] = await seedProfiles(db, accountId, 1)
  const [foreign] = await seedProfiles(db, other.accountId, 1)
  const profileIds = [own!, foreign!]
  await assert.rejects(addMembers(db, { accountId, listId, profileIds, now: START }), hasCode('profile_not_found'))
  assert.equal((await requireList(db, { accountId, listId })).memberCount, 0)
  const asOther = { accountId: other.accountId, listId }
  await assert.rejects(addMembers(db, { ...asOther, profileIds: [foreign!], now: START }), hasCode('list_not_found'))
  await assert.rejects(removeMembers(db, { ...asOther, profileIds: [own!] }), hasCode('list_not_found'))
  await assert.rejects(deleteList(db, asOther), hasCode('list_not_found'))
})

test('members are paged, searched and removed', async () => {
  const { accountId } = await seedAccount(db)
  const { id: listId } = await createList(db, { accountId, name: 'L', now: START })
  const ids = await seedProfiles(db, accountId, 5)
  await addMembers(db, { accountId, listId, profileIds: ids, now: START })
  const first = await listMembers(db, { accountId, listId, limit: 3 })
  const second = await listMembers(db, { accountId, listId, limit: 3, cursor: first.next ?? '' })
  const seen = [...first.items, ...second.items].map((item) => item.id)
  assert.deepEqual(seen, ids.toSorted().reverse())
  const found = await listMembers(db, { accountId, listId, limit: 3, search: `person-${ids[2]}@EXAMPLE` })
  assert.deepEqual(
    found.items.map((item) => item.id),
    [ids[2]],
  )
  const left = await removeMembers(db, { accountId, listId, profileIds: [ids[0]!, ids[1]!, newId()] })
  assert.equal(left.memberCount, 3)
})

test('a deleted list leaves its people; a list of a campaign is not deleted', async () => {
  const { accountId } = await seedAccount(db)
  const { id: listId } = await createList(db, { accountId, name: 'L', now: START })
  const [profileId] = await seedProfiles(db, accountId, 1)
  await addMembers(db, { accountId, listId, profileIds: [profileId!], now: START })
  const [templateId, campaignId] = [newId(), newId()]
  await sql`insert into templates (account_id, id, name, version, created_at)
    values (${accountId}, ${templateId}, 'T', 1, ${START})`.execute(db)
  await sql`insert into campaigns (account_id, id, name, channel, state, template_id, created_at)
    values (${accountId}, ${campaignId}, 'C', 'email', 'draft', ${templateId}, ${START})`.execute(db)
  await sql`insert into campaign_audiences (account_id, campaign_id, kind, source_id, is_excluded)
    values (${accountId}, ${campaignId}, 'list', ${listId}, false)`.execute(db)
  await assert.rejects(deleteList(db, { accountId, listId }), hasCode('list_in_use'))
  await sql`delete from campaigns where account_id = ${accountId}`.execute(db)
  await deleteList(db, { accountId, listId })
  await assert.rejects(requireList(db, { accountId, listId }), hasCode('list_not_found'))
  assert.equal((await requireProfile(db, { accountId, profileId: profileId! })).id, profileId)
})
