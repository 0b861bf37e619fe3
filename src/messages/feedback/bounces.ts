import type { Db } from '../../db/database.ts'
import { suppress } from '../../profiles/suppression/suppress.ts'
import { selectBounced } from './bounces.sql.ts'

/** Messages in a row that an address refused for now, after which it gets nothing more. */
const MOST_SOFT_BOUNCES = 5

/**
 * Suppresses the addresses of messages that bounced: at once where the address is bad, after five in a row where it refuses for
 * now. What was wrong with a message never counts against its person.
 */
export async function suppressBounced(db: Db, input: { accountId: string; messageIds: string[] }): Promise<void> {
  const bounced = await selectBounced(db, input.accountId, input.messageIds, MOST_SOFT_BOUNCES)
  const addresses = bounced.map(({ channel, address, reason, at }) => ({
    channel,
    address,
    reason: 'bounced' as const,
    detail: reason,
    at,
  }))
  await suppress(db, { accountId: input.accountId, addresses })
}
