import type { ProviderEvent, WebhookRequest } from '../../channels/webhooks/provider-event.ts'
import type { SnsClient } from '../../channels/webhooks/sns-client.ts'
import type { Db } from '../../db/database.ts'
import { setupOf } from '../senders/providers.ts'
import { findSenderById } from '../senders/senders.ts'
import { answerHelp } from '../sms/answer-help.ts'
import { insertEvents, type StoredEvent } from './events.sql.ts'
import { readReport } from './readers.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

const YEAR_MS = 365 * 86_400_000

/**
 * What came of a report. `stored`: how many events were new; `answer`: what the person who wrote to us is to be told now;
 * `confirmed`: SNS was told that we listen, if it answered.
 */
export type Received =
  | { status: 'stored'; stored: number; answer: string | null }
  | { status: 'confirmed'; ok: boolean }
  | { status: 'unknown_sender' }
  | { status: 'refused'; reason: string }

/**
 * Takes a provider's report: finds the sender, checks the signature over the bytes and keeps each event once, before the
 * provider hears that we have it. Nothing is kept of a request that is refused. `applyProviderEvents` does the rest.
 */
export async function receiveWebhook(
  db: Db,
  input: { provider: string; senderId: string; request: WebhookRequest; secret: string; sns: SnsClient; now: Date },
): Promise<Received> {
  const { provider, senderId, request, secret, sns, now } = input
  const row = UUID.test(senderId) ? await findSenderById(db, { senderId }) : undefined
  if (!row || row.provider !== provider) return { status: 'unknown_sender' }
  const result = await readReport(setupOf(row, secret), request, { sns, now })
  if ('refused' in result) return { status: 'refused', reason: result.refused }
  if ('subscription' in result) return { status: 'confirmed', ok: await sns.confirm(result.subscription.url) }
  const events = result.events.map((event) => toStored(event, now))
  if (events.length === 0) return { status: 'stored', stored: 0, answer: null }
  const { accountId } = row
  const stored = await insertEvents(db, { accountId, senderId: row.id }, events, now)
  const asksForHelp = stored > 0 && events.some((event) => event.kind === 'help')
  return { status: 'stored', stored, answer: asksForHelp ? await answerHelp(db, { accountId }) : null }
}

/** The event as it is kept, by the id under which it is told again. */
function toStored(event: ProviderEvent, now: Date): StoredEvent & { key: string } {
  const clean = (text: string | null): string | null => text?.replaceAll('\0', '').slice(0, 1000) ?? null
  return {
    key: event.eventId.replaceAll('\0', '').slice(0, 500),
    kind: event.kind,
    providerId: clean(event.providerId),
    messageId: event.messageId !== null && UUID.test(event.messageId) ? event.messageId.toLowerCase() : null,
    address: clean(event.address)?.toLowerCase() ?? null,
    isPermanent: event.isPermanent,
    reason: clean(event.reason),
    at: (isPlausible(event.at, now) ? event.at : now).toISOString(),
  }
}

/** A moment that is no moment, or years away, would be one that the database cannot keep. */
function isPlausible(at: Date, now: Date): boolean {
  return Math.abs(at.getTime() - now.getTime()) < YEAR_MS
}
