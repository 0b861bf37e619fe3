import type { EmailChannel } from '../channels/email/email-channel.ts'
import type { SendOutcome } from '../channels/send-outcome.ts'
import type { SmsChannel } from '../channels/sms/sms-channel.ts'
import type { Db } from '../db/database.ts'
import { inRetriedTransaction, retryLostRaces } from '../db/transaction.ts'
import { optOut } from '../profiles/opt-out.ts'
import { TemplateError } from '../templates/template.ts'
import { type ClaimedMessage, updateClaimed } from './claim.sql.ts'
import { type DeliverInput, deliver } from './deliver.ts'
import { suppressBounced } from './feedback/bounces.ts'
import { type Outcome, updateOutcomes } from './messages.sql.ts'
import { noteTurns, takeTurns } from './pace/pace.ts'
import { nextOpening, placeOf } from './sms/quiet-hours.ts'

/** Messages of one claim where sending again is harmless: few enough that they are out long before the lease ends. */
const BATCH = 200

/** Elsewhere a crash makes every claimed message unknown, so that no more are claimed than are about to be sent. */
const CLAIMED_PER_SEND = 3

/** How often a deferred message is tried before it counts as rejected. The waits between: 1, 2, 4 and 8 minutes. */
export const MOST_ATTEMPTS = 5
const FIRST_WAIT_MS = 60_000
const HOUR_MS = 3_600_000

/**
 * How long after its lease ended a message can be asked about. No provider says how soon it lists what it took; a call ends after
 * 15 s, a lease outlives every call, and the rest is for their books and for clocks that differ.
 */
const ASKED_AFTER_MS = 5 * 60_000

export type SendInput = DeliverInput & {
  /** Whether people who got another message lately are passed over. */
  smartSending: boolean
  /** Calls of this that share the channel's connections side by side: each takes its part of them. */
  lanes?: number
  leaseMs: number
  now: () => Date
}

/** `blocked`: the channel takes nothing at all, for this reason; its messages are ready again. */
export type SendResult = { handled: number; blocked: string | null }

/**
 * Sends the next ready messages of a campaign, or single ones.
 *
 * `sending` is written before the channel hears of a message, its outcome after; what lies between a crash makes unknown,
 * never sent again by itself (`recoverMessages`). Consent and suppression are looked at again as a message is claimed.
 */
export async function sendMessages(db: Db, input: SendInput): Promise<SendResult> {
  const { accountId, of, now } = input
  const channel = channelOf(input)
  const paced = input.sender.paced ?? null
  const atOnce = Math.max(1, Math.floor(channel.concurrency / (input.lanes ?? 1)))
  const want = channel.repeatableForMs === Number.POSITIVE_INFINITY ? BATCH : atOnce * CLAIMED_PER_SEND
  const turns = await takeTurns(db, { accountId, sender: paced, want, goesFirst: 'singlesOf' in of, now })
  const began = now()
  const handled = await updateClaimed(db, {
    accountId,
    of,
    channel: channel.name,
    senderId: paced?.senderId ?? null,
    repeatUntil: isRepeatable(channel) ? after(began, channel.repeatableForMs) : null,
    askAt: channel.idempotency === 'query' ? after(began, input.leaseMs + ASKED_AFTER_MS) : null,
    repeatKey: input.sender.repeatKey ?? null,
    limit: turns,
    leaseUntil: after(began, input.leaseMs),
    contactedBefore: contactedBefore(input, began),
    now: began,
  })
  const claimed = handled.filter((message) => message.obstacle === null)
  const heard: Heard[] = []
  const outcomes: Outcome[] = []
  let blocked: string | null = null
  const waiting = claimed.values()
  const sendNext = async (): Promise<void> => {
    for (const message of waiting) {
      const mayBeSent = blocked === null && now() < after(began, input.leaseMs) // afterwards it may be another's
      const outcome = mayBeSent ? await sendOne(message, input, { began, heard }) : notOffered(message, null)
      if (outcome.state === 'ready' && outcome.notBefore === null) blocked ??= outcome.reason
      outcomes.push(outcome)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, sendNext))
  const answers = heard.map(({ sent }) => sent)
  await noteTurns(db, { accountId, sender: paced, unused: turns - heard.length, outcomes: answers, now: now() })
  if (outcomes.length > 0) await record(db, input, { outcomes, heard })
  return { handled: handled.length, blocked }
}

/** What messages of this kind go through. */
function channelOf({ mail, channel, smsChannel }: SendInput): EmailChannel | SmsChannel {
  return mail.channel === 'sms' ? smsChannel : channel
}

/** Null where people may get any number of messages. */
function contactedBefore({ smartSending, mail, sender: { account } }: SendInput, now: Date): Date | null {
  const hours = mail.channel === 'sms' ? account.smartSmsHours : account.smartEmailHours
  return smartSending && hours > 0 ? after(now, -hours * HOUR_MS) : null
}

/** What the provider said about the message to an address. */
type Heard = { address: string; sent: SendOutcome }

/** Writes down what became of a batch; whose address is bad, or who opted out, gets nothing more from that moment on. */
async function record(
  db: Db,
  { accountId, mail, now }: SendInput,
  { outcomes, heard }: { outcomes: Outcome[]; heard: Heard[] },
): Promise<void> {
  const at = now()
  const messageIds = outcomes.filter((outcome) => outcome.bounce !== null).map((outcome) => outcome.id)
  const optedOut = heard.filter(({ sent }) => sent.status === 'rejected' && sent.fault === 'opted_out')
  if (messageIds.length + optedOut.length === 0)
    return await retryLostRaces(db, () => updateOutcomes(db, accountId, outcomes, at))
  await inRetriedTransaction(db, async (trx) => {
    await updateOutcomes(trx, accountId, outcomes, at)
    if (messageIds.length > 0) await suppressBounced(trx, { accountId, messageIds })
    const about = { accountId, channel: mail.channel, source: 'provider', at, now: at } as const
    for (const address of optedOut.map((one) => one.address).toSorted()) await optOut(trx, { ...about, address })
  })
}

async function sendOne(
  message: ClaimedMessage,
  input: SendInput,
  { began, heard }: { began: Date; heard: Heard[] },
): Promise<Outcome> {
  const obstacle = obstacleTo(message, input, began)
  if (obstacle) return obstacle
  try {
    const { subject, sent } = await deliver(message, input, began)
    heard.push({ address: message.address, sent })
    return conclude(message, subject, sent, input)
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    return end(message, 'skipped', `render_failed: ${error.message}`)
  }
}

/**
 * What keeps a message from going out now: night where the person is, a code that is over or was taken back. What may have arrived is
 * repeated as it was, by day: perhaps it has not. What is sent again by hand is about its code and gets no other.
 */
function obstacleTo(message: ClaimedMessage, { mail, sender: { account } }: SendInput, now: Date): Outcome | undefined {
  if (message.kind === 'test') return undefined
  if (mail.channel === 'sms') {
    const opens = nextOpening(
      placeOf(message, account.timeZone),
      { from: account.quietFrom, until: account.quietUntil },
      now,
    )
    if (opens > now) return putOff(message, 'quiet_hours', opens)
  }
  if (message.isUncertain) return undefined
  const over = (message.codes ?? []).filter(
    ({ expiresAt, isWithdrawn }) => isWithdrawn || (expiresAt !== null && new Date(expiresAt) <= now),
  )
  if (over.length === 0) return undefined
  if (message.kind === 'campaign' && over.every((code) => code.isRenewable))
    return { ...end(message, 'planned', null), countsAsAttempt: false }
  return end(message, 'skipped', over.some((code) => code.isWithdrawn) ? 'code_withdrawn' : 'code_expired')
}

function conclude(message: ClaimedMessage, subject: string, sent: SendOutcome, input: SendInput): Outcome {
  const now = input.now()
  const isLast = message.attempt >= MOST_ATTEMPTS
  const notBefore = after(now, FIRST_WAIT_MS * 2 ** (message.attempt - 1))
  switch (sent.status) {
    case 'sent':
      return { ...end(message, 'sent', null), providerId: sent.providerId, subject }
    case 'blocked':
      return notOffered(message, sent.reason)
    case 'throttled':
      return putOff(message, sent.reason, after(now, sent.retryAfterMs ?? FIRST_WAIT_MS))
    case 'rejected':
      return { ...end(message, 'rejected', sent.reason), subject, bounce: sent.fault === 'address' ? 'hard' : null }
    case 'unknown':
      if (isLast || !isRepeatable(channelOf(input))) return { ...end(message, 'unknown', sent.reason), subject }
      return { ...asReady(message), reason: sent.reason, notBefore, isUncertain: true }
    case 'deferred':
      if (!isLast) return { ...asReady(message), reason: sent.reason, notBefore }
      if (message.isUncertain) return { ...end(message, 'unknown', sent.reason), subject }
      return { ...end(message, 'rejected', sent.reason), subject, bounce: input.mail.channel === 'sms' ? null : 'soft' }
  }
}

/** Whether the provider knows our ids for a while, so that asking it again tells what became of a message. */
function isRepeatable(channel: EmailChannel | SmsChannel): boolean {
  return channel.repeatableForMs > 0 && Number.isFinite(channel.repeatableForMs)
}

/** Not its fault, too fast for the provider or at night: the message waits, and this try does not count. */
function putOff(message: ClaimedMessage, reason: string, notBefore: Date): Outcome {
  return { ...notOffered(message, reason), notBefore }
}

/** Nobody looked at it: it is as it was before it was claimed. */
function notOffered(message: ClaimedMessage, reason: string | null): Outcome {
  return { ...end(message, 'ready', reason), countsAsAttempt: false }
}

function after(moment: Date, ms: number): Date {
  return new Date(moment.getTime() + ms)
}

function end(message: ClaimedMessage, state: Outcome['state'], reason: string | null): Outcome {
  return {
    id: message.id,
    attempt: message.attempt,
    countsAsAttempt: true,
    state,
    reason,
    providerId: null,
    subject: null,
    notBefore: null,
    bounce: null,
    isUncertain: false,
  }
}

function asReady(message: ClaimedMessage): Outcome {
  return end(message, 'ready', null)
}
