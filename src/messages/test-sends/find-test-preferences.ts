import type { Db } from '../../db/database.ts'
import { listLists } from '../../profiles/lists.ts'
import type { Preferences } from '../../profiles/preferences.ts'
import { selectTest } from './test-sends.sql.ts'

/** Lists that a tester is shown in the place of those that a recipient is on. */
const SHOWN_LISTS = 10

/**
 * What the preference page of a test shows: the tester's address as if they had agreed, and the newest lists of the account as if
 * they were on them. Undefined where there is no such test.
 */
export async function findTestPreferences(
  db: Db,
  { accountId, messageId }: { accountId: string; messageId: string },
): Promise<Preferences | undefined> {
  const test = await selectTest(db, accountId, messageId)
  if (!test) return undefined
  const { items } = await listLists(db, { accountId, limit: SHOWN_LISTS })
  const choice = { address: test.address, isOn: true, isBlocked: false }
  return {
    email: test.medium === 'email' ? choice : null,
    sms: test.medium === 'sms' ? choice : null,
    lists: items.map(({ id, name }) => ({ id, name })),
  }
}
