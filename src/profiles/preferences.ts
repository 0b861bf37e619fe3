import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { deleteMembershipsBut, selectListsOf } from './lists.sql.ts'
import { optIn, optOut } from './opt-out.ts'
import { findProfileRow } from './profiles.sql.ts'
import { listSuppressionsOf } from './suppression/suppress.ts'

type Person = { accountId: string; profileId: string }

export type ChannelChoice = {
  address: string
  isOn: boolean
  /** The address is suppressed for another reason than unsubscribing: the person's choice alone brings nothing back. */
  isBlocked: boolean
}
export type Preferences = {
  /** Null where there is no address. */
  email: ChannelChoice | null
  sms: ChannelChoice | null
  lists: { id: string; name: string }[]
}

/** What a person gets, for the person to choose. Undefined when there is no such person any more. */
export async function findPreferences(db: Db, input: Person): Promise<Preferences | undefined> {
  const row = await findProfileRow(db, input.accountId, input.profileId)
  if (!row) return undefined
  const suppressions = await listSuppressionsOf(db, { ...row, accountId: input.accountId })
  const choice = (channel: 'email' | 'sms', address: string | null, consent: string): ChannelChoice | null => {
    if (address === null) return null
    const found = suppressions.filter((one) => one.channel === channel)
    return {
      address,
      isOn: consent === 'subscribed' && found.length === 0,
      isBlocked: found.some((one) => one.reason !== 'unsubscribed'),
    }
  }
  return {
    email: choice('email', row.email, row.emailConsent),
    sms: choice('sms', row.phone, row.smsConsent),
    lists: await selectListsOf(db, input.accountId, input.profileId),
  }
}

/**
 * Does what a person chose on their page: email and text messages on or off, and the lists to stay on; it joins no list. Repeating
 * it changes nothing. Undefined when there is no such person any more.
 */
export async function savePreferences(
  db: Db,
  input: Person & { email: boolean; sms: boolean; listIds: readonly string[]; now: Date },
): Promise<Preferences | undefined> {
  const { accountId, profileId, now } = input
  return await inTransaction(db, async (trx) => {
    const before = await findPreferences(trx, input)
    if (!before) return undefined
    for (const channel of ['email', 'sms'] as const) {
      const choice = before[channel]
      if (!choice || choice.isOn === input[channel]) continue
      const change = { accountId, channel, address: choice.address, source: 'preferences' as const, now }
      if (!input[channel]) await optOut(trx, { ...change, at: now })
      else if (!choice.isBlocked) await optIn(trx, { ...change, from: null })
    }
    await deleteMembershipsBut(trx, accountId, profileId, input.listIds)
    return await findPreferences(trx, input)
  })
}
