import { requireAccount } from '../../accounts/account.ts'
import type { Db } from '../../db/database.ts'
import { changeSmsConsent } from '../../profiles/sms-consent.ts'

/** What a person wrote to the number that our texts come from. `eventId` names it for ever. */
export type IncomingSms = {
  kind: 'opted_out' | 'opted_in' | 'help'
  /** E.164. */
  phone: string
  eventId: string
  at: Date
}

/** reply: to be sent to the person now. unknown: nobody of the account has this number. */
export type IncomingResult = { status: 'done' | 'unknown'; reply: string | null }

/**
 * Does what a person asks for by STOP, START or HELP: consent to texts changes at once, apart from that to email, and the event
 * in the person's feed is the proof. Safe to repeat: a change that is done already is not noted again.
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
    return { status: 'done', reply: account.smsHelp ?? `${account.name}. ${account.smsOptOut}` }
  }
  const to = incoming.kind === 'opted_out' ? 'unsubscribed' : 'subscribed'
  const { phone, eventId, at } = incoming
  const isKnown = await changeSmsConsent(db, { accountId, phone, to, eventId, at })
  return { status: isKnown ? 'done' : 'unknown', reply: null }
}
