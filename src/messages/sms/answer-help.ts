import { requireAccount } from '../../accounts/account.ts'
import type { Db } from '../../db/database.ts'

/**
 * What is answered to somebody who wrote HELP to the number that our texts come from: the account's words, else its name and how
 * to opt out. STOP and START are answered by the provider itself. Throws `account_not_found`.
 */
export async function answerHelp(db: Db, input: { accountId: string }): Promise<string> {
  const account = await requireAccount(db, input)
  return account.smsHelp ?? `${account.name}. ${account.smsOptOut}`
}
