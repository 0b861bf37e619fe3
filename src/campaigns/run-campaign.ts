import { requireAccount } from '../accounts/account.ts'
import { releaseCodes } from '../codes/reserve.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { AppError } from '../errors.ts'
import type { Medium } from '../messages/mail.ts'
import { cancelMessages, countWaiting, isFinished, releaseWaiting } from '../messages/progress.ts'
import { recoverMessages } from '../messages/recover.ts'
import type { Sender } from '../messages/sender.ts'
import { senderOf } from '../messages/senders/identity.ts'
import type { SendersInUse } from '../messages/senders/open-senders.ts'
import type { MailCache } from '../messages/templates.ts'
import { lockCampaign, updateLookAt, updateStarted, updateState } from './campaigns.sql.ts'
import { type CampaignInput, requireCampaign } from './campaigns.ts'
import { freezeCampaign } from './freeze.ts'
import { sendLanes } from './send-lanes.ts'
import { pickIfDue } from './winner.ts'

/** `identity`, `smsIdentity`: in whose name the channels send; absent: the account's. */
export type RunInput = CampaignInput &
  Pick<SendersInUse, 'channel' | 'smsChannel'> &
  Partial<SendersInUse> & {
    mails: MailCache
    publicUrl: string
    secret: string
    leaseMs: number
    now: () => Date
    signal?: AbortSignal
  }

/** done: nothing is left to do. later: something waits (for its time, a code, another process); come again. stopped: by the signal. */
export type RunResult = 'done' | 'later' | 'stopped'

/**
 * Sends a campaign on from wherever it stands: starts it when its time has come, freezes the recipients, makes messages ready
 * that are due, sends them. Safe to call again after any crash, and from several processes at once. A cause that concerns every message (wrong credentials, the coupon
 * archived or expired meanwhile) pauses the campaign with the reason; nothing is lost.
 */
export async function runCampaign(db: Db, input: RunInput): Promise<RunResult> {
  const facts = await requireAccount(db, input)
  let waited = Number.POSITIVE_INFINITY
  while (!input.signal?.aborted) {
    const campaign = await requireCampaign(db, input)
    if (campaign.state === 'scheduled') {
      if (!(await updateStarted(db, input.accountId, input.campaignId, input.now()))) return 'later'
    } else if (campaign.state === 'preparing')
      await pausing(db, input, () => freezeCampaign(db, input, campaign, facts.timeZone))
    else if (campaign.state === 'cancelled') return await endCancelled(db, input)
    else if (campaign.state !== 'sending') return 'done'
    else if (!(await sendStep(db, input, campaign.channel, senderOf(facts, campaign.channel, input)))) {
      const waiting = await countWaiting(db, input)
      const isRetried = waiting < waited && (await retryWaiting(db, input))
      if (isRetried)
        waited = waiting // again only when fewer wait afterwards
      else if (!(await pickIfDue(db, campaign, input.now()))) return await conclude(db, input)
    }
  }
  return 'stopped'
}

/** What was with the mail server at that moment and came back to be tried later is cancelled too. */
async function endCancelled(db: Db, input: RunInput): Promise<RunResult> {
  await cancelMessages(db, input)
  return 'done'
}

/** Sends until nothing is left to do for now; false when there was nothing to do. */
async function sendStep(db: Db, input: RunInput, medium: Medium, sender: Sender): Promise<boolean> {
  return await pausing(db, input, async () => {
    const { handled, blocked } = await sendLanes(db, { ...input, medium, sender })
    const who = medium === 'sms' ? 'SMS service' : 'mail server'
    if (blocked !== null) await pauseFor(db, input, `The ${who} refuses us: ${blocked}`)
    return handled > 0
  })
}

/** Lets people who wait for codes go on as far as there are codes now; true when there are some. */
async function retryWaiting(db: Db, input: RunInput): Promise<boolean> {
  const { accountId, campaignId } = input
  return await pausing(
    db,
    input,
    async () => (await releaseWaiting(db, { accountId, campaignId, now: input.now() })) > 0,
  )
}

/** Does a step of work; what concerns everybody pauses the campaign with the reason. False then. */
async function pausing(db: Db, input: RunInput, work: () => Promise<boolean>): Promise<boolean> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    await pauseFor(db, input, error.message)
    return false
  }
}

/** Pauses unless somebody moved the campaign meanwhile: cancelled stays cancelled. */
async function pauseFor(db: Db, input: RunInput, reason: string): Promise<void> {
  const { accountId, campaignId } = input
  await updateState(db, {
    accountId,
    id: campaignId,
    from: ['preparing', 'sending'],
    to: 'paused',
    reason,
    now: input.now(),
  })
}

async function conclude(db: Db, input: RunInput): Promise<RunResult> {
  const { accountId, campaignId } = input
  await recoverMessages(db, input.now())
  return await inTransaction(db, async (trx) => {
    await lockCampaign(trx, accountId, campaignId) // whoever makes a message ready again waits, or is seen
    if (!(await isFinished(trx, input))) {
      await updateLookAt(trx, accountId, campaignId)
      return 'later'
    }
    const now = input.now()
    if (await updateState(trx, { accountId, id: campaignId, from: ['sending'], to: 'sent', now }))
      await releaseCodes(trx, { accountId, campaignId })
    return 'done'
  })
}
