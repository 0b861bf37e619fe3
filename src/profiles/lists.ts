import type { Page } from '../../contract/common.ts'
import type { List, Profile } from '../../contract/people.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { AppError } from '../errors.ts'
import { brokenConstraint } from '../lib/constraint.ts'
import { decodeIdCursor, toPage } from '../lib/cursor.ts'
import { newId } from '../lib/ids.ts'
import {
  deleteListRow,
  deleteMembers,
  findListName,
  findListRow,
  insertList,
  insertMembers,
  type ListRow,
  selectLists,
  selectMembers,
  selectUnknownProfileIds,
  updateListName,
} from './lists.sql.ts'
import { toProfile } from './profiles.ts'

type ListInput = { accountId: string; listId: string }

/** Names are unique in the account, whatever their case. Throws `name_taken`. */
export async function createList(db: Db, input: { accountId: string; name: string; now: Date }): Promise<List> {
  const id = newId()
  await insertList(db, input.accountId, id, input.name, input.now).catch(refuseTakenName)
  return await requireList(db, { accountId: input.accountId, listId: id })
}

/** Throws `list_not_found`, `name_taken`. */
export async function renameList(db: Db, input: ListInput & { name: string }): Promise<List> {
  await updateListName(db, input.accountId, input.listId, input.name).catch(refuseTakenName)
  return await requireList(db, input)
}

/** The people stay, the list and the reports of its imports go. Throws `list_not_found`, `list_in_use` by a campaign. */
export async function deleteList(db: Db, input: ListInput): Promise<void> {
  const wasDeleted = await deleteListRow(db, input.accountId, input.listId).catch((error: unknown) => {
    if (brokenConstraint(error) === undefined) throw error
    const message = 'A campaign refers to this list. Choose another list there first; a sent campaign keeps its list.'
    throw new AppError('list_in_use', message, { listId: input.listId }, { cause: error })
  })
  if (!wasDeleted) throw listNotFound(input.listId)
}

/** Throws `list_not_found`. */
export async function requireList(db: Db, input: ListInput): Promise<List> {
  const row = await findListRow(db, input.accountId, input.listId)
  if (!row) throw listNotFound(input.listId)
  return toList(row)
}

/** The list's name, without counting its members. Throws `list_not_found`. */
export async function requireListName(db: Db, input: ListInput): Promise<string> {
  const name = await findListName(db, input.accountId, input.listId)
  if (name === undefined) throw listNotFound(input.listId)
  return name
}

/** Lists, newest first, each with the number of its members. */
export async function listLists(
  db: Db,
  input: { accountId: string; cursor?: string | undefined; limit: number },
): Promise<Page<List>> {
  const before = decodeIdCursor(input.cursor)
  const rows = await selectLists(db, input.accountId, before, input.limit + 1)
  return toPage(rows, input.limit, (row) => [row.id], toList)
}

/** Members, newest profile first. `search` is a part of email, full name or phone. Throws `list_not_found`. */
export async function listMembers(
  db: Db,
  input: ListInput & { search?: string | undefined; cursor?: string | undefined; limit: number },
): Promise<Page<Profile>> {
  await requireListName(db, input)
  const before = decodeIdCursor(input.cursor)
  const rows = await selectMembers(db, input.accountId, input.listId, input.search?.trim(), before, input.limit + 1)
  return toPage(rows, input.limit, (row) => [row.id], toProfile)
}

/**
 * Puts profiles on a list. Who is on it stays as they are; each new member gets one `joined_list` event. All or none.
 * Returns the list. Throws `list_not_found`, `profile_not_found` with the ids that are unknown.
 */
export async function addMembers(
  db: Db,
  input: ListInput & { profileIds: readonly string[]; now: Date },
): Promise<List> {
  return await inTransaction(db, async (trx) => {
    const list = await requireList(trx, input)
    const unknown = await selectUnknownProfileIds(trx, input.accountId, input.profileIds)
    if (unknown.length > 0) {
      throw new AppError('profile_not_found', 'Some of these profiles do not exist; none was added.', {
        profileIds: unknown,
      })
    }
    const joined = await insertMembers(trx, input.accountId, list, input.profileIds, input.now)
    return { ...list, memberCount: list.memberCount + joined }
  })
}

/** Takes profiles off a list; who is not on it is passed over. Returns the list. Throws `list_not_found`. */
export async function removeMembers(db: Db, input: ListInput & { profileIds: readonly string[] }): Promise<List> {
  await deleteMembers(db, input.accountId, input.listId, input.profileIds)
  return await requireList(db, input)
}

function toList(row: ListRow): List {
  return { ...row, createdAt: row.createdAt.toISOString() }
}

function refuseTakenName(error: unknown): never {
  if (brokenConstraint(error) !== 'lists_name') throw error
  throw new AppError('name_taken', 'Another list has this name. Choose a different one.', {}, { cause: error })
}

function listNotFound(listId: string): AppError {
  return new AppError('list_not_found', 'There is no such list in this account.', { listId })
}
