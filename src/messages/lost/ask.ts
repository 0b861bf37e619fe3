import type { LookUpResult, LostMessage } from '../../channels/send-outcome.ts'
import type { Db } from '../../db/database.ts'
import { findSentText, type SentDeps } from '../find-sent.ts'
import { identityOf, type OpenSenders } from '../senders/open-senders.ts'
import { findSenderById, type SenderRow } from '../senders/senders.ts'
import {
  type AskedMessage,
  selectSendersToAsk,
  updateAskAt,
  updateAsked,
  updateFound,
  updateNobodyToAsk,
} from './lost.sql.ts'

/** Messages of one batch, and questions under way at once. */
const BATCH = 20
const AT_ONCE = 4
/** Longer than a batch takes whose every question runs into the time limit of 15 s. */
const LEASE_MS = 2 * 60_000

/**
 * Questions about one attempt. The waits between are 5 minutes, then twice as long each time, 11 hours in all: Postmark keeps
 * messages for 7 days at the least (45 by default), Twilio for 400. Who gets a mail a day late would rather be asked first.
 * Sources: https://postmarkapp.com/developer/api/messages-api, https://help.twilio.com/articles/223181008.
 */
const MOST_ASKS = 8
const FIRST_WAIT_MS = 5 * 60_000
/** A provider must say twice that it does not have a message, so long apart: its books may be a while behind. */
const ABSENT_APART_MS = 10 * 60_000

export type AskInput = SentDeps & {
  accountId: string
  senderId: string
  senders: Pick<OpenSenders, 'withChannel' | 'withSmsChannel'>
  now: () => Date
}

/** `isMore`: others may be due as well. `absent`: what the provider does not have for certain; its lease runs. */
export type AskResult = { isMore: boolean; absent: AskedMessage[] }

/**
 * Asks a sender's provider, as it is set up now, about the messages of a batch whose answer was lost, and writes down at once what it
 * says of each: found is sent; unavailable, and absent for the first time, are asked again later; in the end they stay unknown.
 *
 * Safe to call again after any crash, and from several processes at once: a message is with one of them until its lease ends.
 */
export async function askProvider(db: Db, input: AskInput): Promise<AskResult> {
  const { accountId, senderId, now } = input
  const sender = await findSenderById(db, { senderId })
  if (!sender) {
    await updateNobodyToAsk(db, accountId, senderId)
    return { isMore: false, absent: [] }
  }
  const claim = { accountId, senderId, limit: BATCH, leaseUntil: after(now(), LEASE_MS), now: now() }
  const asked = await updateAsked(db, claim)
  const absent: AskedMessage[] = []
  const waiting = asked.values()
  await withLookUp(db, input, sender, async (lookUp) => {
    const askNext = async (): Promise<void> => {
      for (const message of waiting) if (await isAbsent(db, input, message, await lookUp(message))) absent.push(message)
    }
    await Promise.all(Array.from({ length: AT_ONCE }, askNext))
  })
  return { isMore: asked.length === BATCH, absent }
}

/** Senders whose provider is to be asked now, of all accounts; at most 100. */
export async function listSendersToAsk(db: Db, now: Date): Promise<{ accountId: string; id: string }[]> {
  return await selectSendersToAsk(db, now, 100)
}

type LookUp = (message: AskedMessage) => Promise<LookUpResult>

/**
 * Opens the provider for one piece of work. Under other settings than now a message may have gone through another account or server,
 * whose books are others: then absent says nothing.
 */
async function withLookUp(
  db: Db,
  input: AskInput,
  sender: SenderRow,
  work: (lookUp: LookUp) => Promise<void>,
): Promise<void> {
  const { accountId, senders } = input
  const { repeatKey } = identityOf(sender)
  const trust = (message: AskedMessage, result: LookUpResult | undefined): LookUpResult => {
    if (!result) return { status: 'unavailable', reason: 'The provider cannot be asked with these settings.' }
    if (result.status !== 'absent' || message.repeatKey === repeatKey) return result
    return { status: 'unavailable', reason: 'The message was offered under other settings of the provider.' }
  }
  if (sender.channel === 'email') {
    return await senders.withChannel(sender, (channel) =>
      work(async (message) => trust(message, await channel.lookUp?.(lostOf(message)))),
    )
  }
  await senders.withSmsChannel(sender, (channel) =>
    work(async (message) => {
      const body = await findSentText(db, input, { accountId, messageId: message.id })
      return trust(message, await channel.lookUp?.({ ...lostOf(message), body }))
    }),
  )
}

function lostOf({ id: messageId, attempt, to, sentAt }: AskedMessage): LostMessage {
  return { messageId, attempt, to, sentAt }
}

/** Writes down what the provider said; true where the message is absent for certain, which is for the caller to settle. */
async function isAbsent(db: Db, input: AskInput, message: AskedMessage, said: LookUpResult): Promise<boolean> {
  const { accountId } = input
  const now = input.now()
  if (said.status === 'found') {
    await updateFound(db, accountId, message, said.providerId, now)
    return false
  }
  if (said.status === 'absent' && message.absentAt && after(message.absentAt, ABSENT_APART_MS) <= now) return true
  const isLast = message.ask >= MOST_ASKS
  const waitMs = said.status === 'absent' ? ABSENT_APART_MS : FIRST_WAIT_MS * 2 ** (message.ask - 1)
  await updateAskAt(db, accountId, message, {
    askAt: isLast ? null : after(now, waitMs),
    absentAt: said.status === 'absent' ? now : null,
  })
  return false
}

function after(moment: Date, ms: number): Date {
  return new Date(moment.getTime() + ms)
}
