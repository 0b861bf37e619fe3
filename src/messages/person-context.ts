import type { AccountFacts } from '../accounts/account.ts'
import type { Db } from '../db/database.ts'
import { AppError } from '../errors.ts'
import type { RenderContext } from '../templates/template.ts'
import { selectPerson } from './messages.sql.ts'
import { contextOf, SAMPLE_PERSON } from './person.ts'

/** What a template may read as one person, or as somebody made up (`profileId` null). Throws `profile_not_found`. */
export async function requirePersonContext(
  db: Db,
  input: { accountId: string; profileId: string | null; account: Pick<AccountFacts, 'name' | 'postalAddress'> },
): Promise<RenderContext> {
  const { accountId, profileId } = input
  const person = profileId === null ? SAMPLE_PERSON : await selectPerson(db, accountId, profileId)
  if (!person) throw new AppError('profile_not_found', 'There is no such person in this account.', { profileId })
  return contextOf(person, input.account)
}
