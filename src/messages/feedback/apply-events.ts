import type { Db } from '../../db/database.ts'
import { optIn, optOut } from '../../profiles/opt-out.ts'
import { suppress } from '../../profiles/suppression/suppress.ts'
import { suppressBounced } from './bounces.ts'
import {
  deleteOldEvents,
  type FoundMessage,
  selectLastChoices,
  selectMessagesOf,
  selectWaitingForUpdate,
  updateApplied,
  updateFeedback,
  type WaitingEvent,
} from './events.sql.ts'

/** Events of one transaction. */
const BATCH = 500
/** So long an event that is told again is known to be old: providers try for a few days. */
const KEPT_MS = 30 * 86_400_000

/**
 * Applies what providers told to messages and addresses, oldest first, in whichever order it came and however often. Several
 * processes may do so at once. Returns how many events were applied.
 */
export async function applyProviderEvents(db: Db, now: Date): Promise<number> {
  let applied = 0
  for (;;) {
    const count = await db.transaction().execute((trx) => applyBatch(trx, now))
    applied += count
    if (count < BATCH) return applied
  }
}

/** Forgets events that were applied long ago. */
export async function forgetOldEvents(db: Db, now: Date): Promise<void> {
  await deleteOldEvents(db, new Date(now.getTime() - KEPT_MS))
}

async function applyBatch(trx: Db, now: Date): Promise<number> {
  const events = await selectWaitingForUpdate(trx, BATCH)
  const accounts = Map.groupBy(events, (event) => event.accountId)
  for (const accountId of [...accounts.keys()].toSorted())
    await applyOf(trx, accountId, accounts.get(accountId) ?? [], now)
  if (events.length > 0) await updateApplied(trx, events, now)
  return events.length
}

async function applyOf(trx: Db, accountId: string, events: WaitingEvent[], now: Date): Promise<void> {
  const asked = events.map((event, at) => ({ ...event, key: String(at) }))
  const messages = new Map((await selectMessagesOf(trx, accountId, asked)).map((found) => [found.key, found]))
  const known = asked.flatMap((event) => {
    const message = messages.get(event.key)
    return message ? [{ ...event, id: message.id }] : []
  })
  if (known.length > 0) {
    await updateFeedback(trx, accountId, known, now)
    const messageIds = known.filter((event) => event.kind === 'bounced').map((event) => event.id)
    if (messageIds.length > 0) await suppressBounced(trx, { accountId, messageIds })
  }
  const addresses = asked.flatMap((event) => addressToSuppress(event, messages.get(event.key)))
  await suppress(trx, { accountId, addresses })
  await applyChoices(trx, accountId, events, now)
}

/** STOP and START, and what people told their provider: the last word of each person counts. Email is taken up again only with us. */
async function applyChoices(trx: Db, accountId: string, events: WaitingEvent[], now: Date): Promise<void> {
  const said = events.filter((event) => event.address && (event.kind === 'opted_out' || event.kind === 'opted_in'))
  if (said.length === 0) return
  const channels = new Map(said.map((event) => [event.address ?? '', event.channel]))
  for (const { address, kind, at } of await selectLastChoices(trx, accountId, [...channels.keys()])) {
    const channel = channels.get(address) ?? 'email'
    if (kind === 'opted_out')
      await optOut(trx, { accountId, channel, address, source: 'provider', at: new Date(at), now })
    else if (channel === 'sms')
      await optIn(trx, { accountId, channel, address, source: 'provider', from: 'unsubscribed', now })
  }
}

/** A complaint counts at once; so does a bounce for good of a message that is none of ours, such as a test mail. */
function addressToSuppress(event: WaitingEvent, message: FoundMessage | undefined) {
  const address = message?.address ?? event.address
  const isBounce = event.kind === 'bounced' && event.isPermanent && message === undefined
  if (!address || (event.kind !== 'complained' && !isBounce)) return []
  const reason = event.kind === 'complained' ? ('complained' as const) : ('bounced' as const)
  return [{ channel: event.channel, address, reason, detail: event.reason, at: new Date(event.at) }]
}
