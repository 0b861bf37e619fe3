import type { EmailChannel, OutgoingEmail } from '../channels/email/email-channel.ts'
import type { SendOutcome } from '../channels/send-outcome.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { TemplateError } from '../templates/template.ts'
import { suppressBounced } from './feedback/bounces.ts'
import { preferencesLink, unsubscribeLink } from './links.ts'
import { type CompiledMail, renderMail } from './mail.ts'
import { type ClaimedMessage, type Outcome, updateClaimed, updateOutcomes } from './messages.sql.ts'
import { noteTurns, takeTurns } from './pace/pace.ts'
import { contextOf, couponValuesOf } from './person.ts'
import { fromOf, type Sender } from './sender.ts'

/** Messages of one claim where sending again is harmless: few enough that they are out long before the lease ends. */
const BATCH = 200

/** Elsewhere a crash makes every claimed message unknown, so that no more are claimed than are about to be sent. */
const CLAIMED_PER_SEND = 2

/** How often a deferred message is tried before it counts as rejected. The waits between: 1, 2, 4 and 8 minutes. */
const MOST_ATTEMPTS = 5
const FIRST_WAIT_MS = 60_000

export type SendInput = {
  accountId: string
  campaignId: string
  /** Messages of this version of a template, and its compiled mail. */
  templateVersionId: string
  mail: CompiledMail
  sender: Sender
  channel: EmailChannel
  leaseMs: number
  now: () => Date
}

/** `blocked`: the channel takes no mail at all, for this reason; its messages are ready again. */
export type SendResult = { handled: number; blocked: string | null }

/**
 * Sends the next ready messages of a campaign.
 *
 * `sending` is written before the channel hears of a message, its outcome after; what lies between a crash makes unknown,
 * never sent again by itself (`recoverMessages`). Consent and suppression are looked at again as a message is claimed.
 */
export async function sendMessages(db: Db, input: SendInput): Promise<SendResult> {
  const { accountId, campaignId, channel, now } = input
  const paced = input.sender.paced ?? null
  const want = channel.repeatableForMs === Number.POSITIVE_INFINITY ? BATCH : channel.concurrency * CLAIMED_PER_SEND
  const turns = await takeTurns(db, { accountId, sender: paced, want, goesFirst: false, now })
  const began = now()
  const handled = await updateClaimed(db, {
    accountId,
    campaignId,
    templateVersionId: input.templateVersionId,
    channel: channel.name,
    senderId: paced?.senderId ?? null,
    repeatUntil: isRepeatable(channel) ? after(began, channel.repeatableForMs) : null,
    limit: turns,
    leaseUntil: after(began, input.leaseMs),
    now: began,
  })
  const claimed = handled.filter((message) => message.obstacle === null)
  const heard: SendOutcome[] = []
  const outcomes: Outcome[] = []
  let blocked: string | null = null
  const waiting = claimed.values()
  const sendNext = async (): Promise<void> => {
    for (const message of waiting) {
      const outcome = blocked === null ? await sendOne(message, input, heard) : asReady(message)
      if (outcome.state === 'ready' && outcome.notBefore === null) blocked ??= outcome.reason
      outcomes.push(outcome)
    }
  }
  await Promise.all(Array.from({ length: input.channel.concurrency }, sendNext))
  await noteTurns(db, { accountId, sender: paced, unused: turns - heard.length, outcomes: heard, now: now() })
  if (outcomes.length > 0) await record(db, accountId, outcomes, now())
  return { handled: handled.length, blocked }
}

/** Writes down what became of a batch; whose address is bad gets nothing more from that moment on. */
async function record(db: Db, accountId: string, outcomes: Outcome[], now: Date): Promise<void> {
  if (outcomes.every((outcome) => outcome.bounce === null)) return await updateOutcomes(db, accountId, outcomes, now)
  await inTransaction(db, async (trx) => {
    await updateOutcomes(trx, accountId, outcomes, now)
    const messageIds = outcomes.filter((outcome) => outcome.bounce !== null).map((outcome) => outcome.id)
    await suppressBounced(trx, { accountId, messageIds })
  })
}

async function sendOne(message: ClaimedMessage, input: SendInput, heard: SendOutcome[]): Promise<Outcome> {
  let email: OutgoingEmail
  try {
    email = compose(message, input)
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    return end(message, 'skipped', `render_failed: ${error.message}`)
  }
  const sent = await input.channel.send(email)
  heard.push(sent)
  return conclude(message, email.subject, sent, input)
}

function compose(
  message: ClaimedMessage,
  { mail, sender, channel, accountId, campaignId, now }: SendInput,
): OutgoingEmail {
  const token = { accountId, profileId: message.profileId, messageId: message.id }
  const unsubscribe = unsubscribeLink(sender.publicUrl, sender.secret, token)
  const preferences = preferencesLink(sender.publicUrl, sender.secret, token)
  const rendered = renderMail(mail, contextOf(message, sender.account), {
    mode: 'send',
    now: now(),
    timeZone: sender.account.timeZone,
    coupons: couponValuesOf(message.codes),
    links: { unsubscribe, preferences },
  })
  return {
    messageId: message.id,
    attempt: message.attempt,
    accountId,
    group: campaignId,
    from: fromOf(sender.account, channel.name) ?? '',
    to: message.address,
    ...(sender.replyTo ? { replyTo: sender.replyTo } : {}),
    ...(sender.paced ? { feedbackId: `${campaignId}:${accountId}:campaign:onecode` } : {}),
    subject: rendered.subject,
    html: rendered.html,
    text: rendered.text,
    headers: { 'List-Unsubscribe': `<${unsubscribe}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' },
  }
}

function conclude(message: ClaimedMessage, subject: string, sent: SendOutcome, input: SendInput): Outcome {
  const now = input.now()
  const isLast = message.attempt >= MOST_ATTEMPTS
  const notBefore = after(now, FIRST_WAIT_MS * 2 ** (message.attempt - 1))
  switch (sent.status) {
    case 'sent':
      return { ...end(message, 'sent', null), providerId: sent.providerId, subject }
    case 'blocked':
      return { ...asReady(message), reason: sent.reason }
    case 'throttled':
      return throttled(message, sent.reason, after(now, sent.retryAfterMs ?? FIRST_WAIT_MS))
    case 'rejected':
      return { ...end(message, 'rejected', sent.reason), subject, bounce: sent.fault === 'address' ? 'hard' : null }
    case 'unknown':
      if (isLast || !isRepeatable(input.channel)) return { ...end(message, 'unknown', sent.reason), subject }
      return { ...asReady(message), reason: sent.reason, notBefore, isUncertain: true }
    case 'deferred':
      if (!isLast) return { ...asReady(message), reason: sent.reason, notBefore }
      if (message.isUncertain) return { ...end(message, 'unknown', sent.reason), subject }
      return { ...end(message, 'rejected', sent.reason), subject, bounce: 'soft' }
  }
}

/** Whether the provider knows our ids for a while, so that asking it again tells what became of a message. */
function isRepeatable(channel: EmailChannel): boolean {
  return channel.repeatableForMs > 0 && Number.isFinite(channel.repeatableForMs)
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
    bounce: null,
    isUncertain: false,
  }
}

function asReady(message: ClaimedMessage): Outcome {
  return end(message, 'ready', null)
}
