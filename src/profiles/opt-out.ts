import type { Db } from '../db/database.ts'
import { updateConsentOfAddress } from './profiles.sql.ts'
import { liftUnsubscribed, suppress } from './suppression/suppress.ts'

/** `source`: where the person said so: to the provider (STOP, START) or on their preference page. */
type Input = {
  accountId: string
  channel: 'email' | 'sms'
  address: string
  source: 'provider' | 'preferences'
  now: Date
}

/** Nothing more goes to the address, from `at` on. Repeating it changes nothing. */
export async function optOut(db: Db, input: Input & { at: Date }): Promise<void> {
  const { accountId, channel, address, source, at, now } = input
  await updateConsentOfAddress(db, accountId, { channel, address, source, from: null, to: 'unsubscribed', now })
  const row = { channel, address, reason: 'unsubscribed' as const, detail: null, at }
  await suppress(db, { accountId, addresses: [row] })
}

/** The person takes it up again. `from`: only whose consent is this; null: whatever it is. Bounces and complaints stay. */
export async function optIn(db: Db, input: Input & { from: 'unsubscribed' | null }): Promise<void> {
  const { accountId, channel, address, source, from, now } = input
  await updateConsentOfAddress(db, accountId, { channel, address, source, from, to: 'subscribed', now })
  await liftUnsubscribed(db, { accountId, channel, address, now })
}
