import { requireAccount } from '../../accounts/account.ts'
import type { Db } from '../../db/database.ts'
import { optIn, optOut } from '../../profiles/opt-out.ts'

/** What a person wrote to the number that our texts come from. */
export type IncomingSms = {
  kind: 'opted_out' | 'opted_in' | 'help'
  /** E.164. */
  phone: string
  at: Date
}

/** reply: to be sent to the person now. */
export type IncomingResult = { reply: string | null }

/**
 * Does what a person asks for by STOP, START or HELP: consent to texts changes at once, apart from that to email, and the event
 * in the person's feed says so. Safe to repeat: a change that is done already is not noted again.
 *
 * Throws `account_not_found`.
 */
export async function applyIncomingSms(
  db: Db,
  input: { accountId: string; incoming: IncomingSms },
): Promise<IncomingResult> {
  const { accountId, incoming } = input
  const account = await requireAccount(db, { accountId })
  if (incoming.kind === 'help') {
    return { reply: account.smsHelp ?? `${account.name}. ${account.smsOptOut}` }
  }
  const { phone: address, at } = incoming
  const whose = { accountId, channel: 'sms' as const, address, source: 'provider' as const, now: at }
  if (incoming.kind === 'opted_out') await optOut(db, { ...whose, at })
  else await optIn(db, { ...whose, from: 'unsubscribed' })
  return { reply: null }
}
