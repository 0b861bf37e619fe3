import type { EmailChannel, OutgoingEmail } from '../channels/email/email-channel.ts'
import type { SendOutcome } from '../channels/send-outcome.ts'
import type { Db } from '../db/database.ts'
import { TemplateError } from '../templates/template.ts'
import type { CompiledMail } from './mail.ts'
import { type Claimable, type ClaimedMessage, type Outcome, updateClaimed, updateOutcomes } from './messages.sql.ts'
import { contextOf } from './person.ts'
import { pagesOf, renderMessage } from './render-message.ts'
import { fromOf, type Sender } from './sender.ts'

/** Messages of one claim where sending again is harmless: few enough that they are out long before the lease ends. */
const BATCH = 200

/** Elsewhere a crash makes every claimed message unknown, so that no more are claimed than are about to be sent. */
const CLAIMED_PER_SEND = 2

/** The outbox's group of mails that belong to no campaign. */
export const SINGLE_MESSAGES = 'single'

/** How often a deferred message is tried before it counts as rejected. The waits between: 1, 2, 4 and 8 minutes. */
const MOST_ATTEMPTS = 5
const FIRST_WAIT_MS = 60_000

export type SendInput = {
  accountId: string
  of: Claimable
  mail: CompiledMail
  sender: Sender
  channel: EmailChannel
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
  const claimed = await updateClaimed(db, {
    accountId: input.accountId,
    of: input.of,
    limit:
      input.channel.repeatableForMs === Number.POSITIVE_INFINITY ? BATCH : input.channel.concurrency * CLAIMED_PER_SEND,
    leaseUntil: new Date(began.getTime() + input.leaseMs),
    now: began,
  })
  if (claimed.length === 0) return { handled: 0, blocked: null }
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
  await Promise.all(Array.from({ length: input.channel.concurrency }, sendNext))
  await updateOutcomes(db, input.accountId, outcomes, input.now())
  return { handled: claimed.length, blocked }
}

async function sendOne(message: ClaimedMessage, input: SendInput, renderedAt: Date): Promise<Outcome> {
  if (message.kind !== 'test' && message.emailConsent !== 'subscribed') return end(message, 'skipped', 'unsubscribed')
  let email: OutgoingEmail
  try {
    email = compose(message, input, renderedAt)
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    return end(message, 'skipped', `render_failed: ${error.message}`)
  }
  const sent = await input.channel.send(email)
  return conclude(message, email.subject, sent, input.now())
}

function compose(claimed: ClaimedMessage, input: SendInput, renderedAt: Date): OutgoingEmail {
  const { mail, sender, channel, accountId, of } = input
  const isKept = claimed.context !== null
  const message = { ...claimed, context: claimed.context ?? contextOf(claimed, sender.account), renderedAt, isKept }
  const rendered = renderMessage({ accountId, mail, sender, message })
  const { unsubscribe } = pagesOf({ accountId, sender, message })
  return {
    messageId: message.id,
    attempt: message.attempt,
    accountId,
    group: 'campaignId' in of ? of.campaignId : SINGLE_MESSAGES,
    from: fromOf(sender.account, channel.name) ?? '',
    to: message.address,
    subject: rendered.subject,
    html: rendered.html,
    text: rendered.text,
    headers: { 'List-Unsubscribe': `<${unsubscribe}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' },
  }
}

function conclude(message: ClaimedMessage, subject: string, sent: SendOutcome, now: Date): Outcome {
  if (sent.status === 'sent') return { ...end(message, 'sent', null), providerId: sent.providerId, subject }
  if (sent.status === 'blocked') return { ...asReady(message), reason: sent.reason }
  if (sent.status === 'throttled')
    return throttled(message, sent.reason, after(now, sent.retryAfterMs ?? FIRST_WAIT_MS))
  if (sent.status !== 'deferred') return { ...end(message, sent.status, sent.reason), subject }
  if (message.attempt >= MOST_ATTEMPTS) return { ...end(message, 'rejected', sent.reason), subject }
  const notBefore = after(now, FIRST_WAIT_MS * 2 ** (message.attempt - 1))
  return { ...asReady(message), reason: sent.reason, notBefore }
}

/** Too fast for the provider: the message waits, and this try does not count. */
function throttled(message: ClaimedMessage, reason: string, notBefore: Date): Outcome {
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
