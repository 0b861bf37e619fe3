import type { Db } from '../db/database.ts'
import { updateSmsConsent } from './profiles.sql.ts'

/** What somebody decided about texts by a text of their own. `eventId`: the provider's name of it, kept as proof. */
export type SmsDecision = {
  accountId: string
  phone: string
  to: 'subscribed' | 'unsubscribed'
  eventId: string
  at: Date
}

/** Takes it over at once; repeating it changes nothing. False when nobody of the account has the number. */
export async function changeSmsConsent(db: Db, decision: SmsDecision): Promise<boolean> {
  return await updateSmsConsent(db, decision)
}
