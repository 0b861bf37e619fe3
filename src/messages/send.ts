import type { SendOutcome } from '../channels/send-outcome.ts'
import type { Db } from '../db/database.ts'
import { TemplateError } from '../templates/template.ts'
import { type DeliverInput, deliver } from './deliver.ts'
import { type ClaimedMessage, type Outcome, updateClaimed, updateOutcomes } from './messages.sql.ts'
import { nextOpening, placeOf } from './sms/quiet-hours.ts'

/** Messages of one claim where sending again is harmless: few enough that they are out long before the lease ends. */
const BATCH = 200

/** Elsewhere a crash makes every claimed message unknown, so that no more are claimed than are about to be sent. */
const CLAIMED_PER_SEND = 2

/** How often a deferred message is tried before it counts as rejected. The waits between: 1, 2, 4 and 8 minutes. */
const MOST_ATTEMPTS = 5
const FIRST_WAIT_MS = 60_000
const HOUR_MS = 3_600_000

export type SendInput = DeliverInput & {
  /** Whether people who got another message lately are passed over. */
  smartSending: boolean
  leaseMs: number
  now: () => Date
}

/** `blocked`: the channel takes no mail at all, for this reason; its messages are ready again. */
export type SendResult = { handled: number; blocked: string | null }

/**
 * Sends the next ready messages of a campaign, or of tests.
 *
 * `sending` is written before the channel hears of a message, its outcome after; what lies between a crash makes unknown,
 * never sent again by itself (`recoverMessages`). Consent is looked at again at this moment.
 */
export async function sendMessages(db: Db, input: SendInput): Promise<SendResult> {
  const began = input.now()
  const { repeatableForMs, concurrency } = input.mail.channel === 'sms' ? input.smsChannel : input.channel
  const taken = await updateClaimed(db, {
    accountId: input.accountId,
    of: input.of,
    limit: repeatableForMs === Number.POSITIVE_INFINITY ? BATCH : concurrency * CLAIMED_PER_SEND,
    leaseUntil: after(began, input.leaseMs),
    contactedBefore: contactedBefore(input, began),
    now: began,
  })
  const claimed = taken.filter((message) => message.obstacle === null)
  const outcomes: Outcome[] = []
  let blocked: string | null = null
  const waiting = claimed.values()
  const sendNext = async (): Promise<void> => {
    for (const message of waiting) {
      const outcome = blocked === null ? await sendOne(message, input, began) : asReady(message)
      if (outcome.state === 'ready' && outcome.notBefore === null) blocked ??= outcome.reason
      outcomes.push(outcome)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, sendNext))
  if (outcomes.length > 0) await updateOutcomes(db, input.accountId, outcomes, input.now())
  return { handled: taken.length, blocked }
}

/** Null where people may get any number of messages. */
function contactedBefore({ smartSending, mail, sender: { account } }: SendInput, now: Date): Date | null {
  const hours = mail.channel === 'sms' ? account.smartSmsHours : account.smartEmailHours
  return smartSending && hours > 0 ? after(now, -hours * HOUR_MS) : null
}

async function sendOne(message: ClaimedMessage, input: SendInput, began: Date): Promise<Outcome> {
  const obstacle = obstacleTo(message, input, began)
  if (obstacle) return obstacle
  try {
    const { subject, sent } = await deliver(message, input, began)
    return conclude(message, subject, sent, input.now())
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    return end(message, 'skipped', `render_failed: ${error.message}`)
  }
}

/** What keeps a message from going out now: no consent any more, night where the person is, a code that is over. */
function obstacleTo(message: ClaimedMessage, { mail, sender: { account } }: SendInput, now: Date): Outcome | undefined {
  if (message.kind === 'test') return undefined
  const consent = mail.channel === 'sms' ? message.smsConsent : message.emailConsent
  if (consent !== 'subscribed') return end(message, 'skipped', 'unsubscribed')
  if (mail.channel === 'sms') {
    const opens = nextOpening(
      placeOf(message, account.timeZone),
      { from: account.quietFrom, until: account.quietUntil },
      now,
    )
    if (opens > now) return putOff(message, 'quiet_hours', opens)
  }
  const over = (message.codes ?? []).filter(({ expiresAt }) => expiresAt !== null && new Date(expiresAt) <= now)
  if (over.length === 0) return undefined
  if (over.every((code) => code.isRenewable)) return { ...end(message, 'planned', null), countsAsAttempt: false }
  return end(message, 'skipped', 'code_expired')
}

function conclude(message: ClaimedMessage, subject: string, sent: SendOutcome, now: Date): Outcome {
  if (sent.status === 'sent') return { ...end(message, 'sent', null), providerId: sent.providerId, subject }
  if (sent.status === 'blocked') return { ...asReady(message), reason: sent.reason }
  if (sent.status === 'throttled') return putOff(message, sent.reason, after(now, sent.retryAfterMs ?? FIRST_WAIT_MS))
  if (sent.status !== 'deferred') return { ...end(message, sent.status, sent.reason), subject }
  if (message.attempt >= MOST_ATTEMPTS) return { ...end(message, 'rejected', sent.reason), subject }
  const notBefore = after(now, FIRST_WAIT_MS * 2 ** (message.attempt - 1))
  return { ...asReady(message), reason: sent.reason, notBefore }
}

/** Not its fault, too fast for the provider or at night: the message waits, and this try does not count. */
function putOff(message: ClaimedMessage, reason: string, notBefore: Date): Outcome {
  return { ...asReady(message), reason, notBefore, countsAsAttempt: false }
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
  }
}

function asReady(message: ClaimedMessage): Outcome {
  return end(message, 'ready', null)
}
