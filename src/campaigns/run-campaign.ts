import { requireAccount } from '../accounts/account.ts'
import type { EmailChannel } from '../channels/email/email-channel.ts'
import { releaseCodes } from '../codes/reserve.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { AppError } from '../errors.ts'
import { prepareMessages } from '../messages/prepare.ts'
import { cancelMessages, countWaiting, findNextDue, isFinished, releaseWaiting } from '../messages/progress.ts'
import { freezeRecipients } from '../messages/recipients.ts'
import { recoverMessages } from '../messages/recover.ts'
import { sendMessages } from '../messages/send.ts'
import type { Sender } from '../messages/sender.ts'
import type { MailCache } from '../messages/templates.ts'
import { type CampaignRow, updateLookAt, updateStarted, updateState } from './campaigns.sql.ts'
import { audienceOf, type CampaignInput, requireCampaign, whenOf } from './campaigns.ts'
import { listUnserved, reserveNeeds } from './needs.ts'
import { planOf } from './plan.ts'

export type RunInput = CampaignInput & {
  channel: EmailChannel
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
  const sender: Sender = { account: facts, publicUrl: input.publicUrl, secret: input.secret }
  let waited = Number.POSITIVE_INFINITY
  while (!input.signal?.aborted) {
    const campaign = await requireCampaign(db, input)
    if (campaign.state === 'scheduled') {
      if (!(await updateStarted(db, input.accountId, input.campaignId, input.now()))) return 'later'
    } else if (campaign.state === 'preparing') await freeze(db, input, campaign, facts.timeZone)
    else if (campaign.state === 'cancelled') return await endCancelled(db, input)
    else if (campaign.state !== 'sending') return 'done'
    else if (!(await sendStep(db, input, campaign, sender))) {
      const waiting = await countWaiting(db, input)
      if (waiting >= waited || !(await retryWaiting(db, input))) return await conclude(db, input)
      waited = waiting // again only when fewer wait afterwards
    }
  }
  return 'stopped'
}

/** What was with the mail server at that moment and came back to be tried later is cancelled too. */
async function endCancelled(db: Db, input: RunInput): Promise<RunResult> {
  await cancelMessages(db, input)
  return 'done'
}

async function freeze(db: Db, input: RunInput, campaign: CampaignRow, timeZone: string): Promise<void> {
  const { accountId, campaignId, channel } = input
  const { templateVersionId } = campaign
  if (!templateVersionId) throw new Error(`campaign ${campaignId} was started without a template version`)
  const now = input.now()
  const audience = audienceOf(campaign)
  const mail = await input.mails(db, accountId, templateVersionId)
  const plan = await planOf(db, { accountId, audience, when: whenOf(campaign), timeZone, start: now })
  await pausing(db, input, () =>
    db.transaction().execute(async (trx) => {
      if (!(await updateState(trx, { accountId, id: campaignId, from: ['preparing'], to: 'sending', now }))) return true
      await freezeRecipients(trx, {
        accountId,
        campaignId,
        audience,
        plan,
        templateVersionId,
        channel: channel.name,
        now,
      })
      await settleReservations(trx, input, mail.coupons, campaign.holdWithoutCode)
      return true
    }),
  )
}

/** Reserves for the people who are recipients now: less than before gives codes back, more takes what is there. */
async function settleReservations(trx: Db, input: RunInput, names: string[], mayExceed: boolean): Promise<void> {
  const { accountId, campaignId } = input
  const needs = await listUnserved(trx, { accountId, campaignId, names })
  const whose = { accountId, campaignId, mayExceed, now: input.now() }
  const short = await reserveNeeds(trx, whose, needs)
  const rest = short.map(({ couponId, available }) => ({ couponId, needed: available }))
  await reserveNeeds(trx, whose, rest)
}

/** Sends a batch; when none is ready, makes the next one ready. False when there was nothing to do in either. */
async function sendStep(db: Db, input: RunInput, campaign: CampaignRow, sender: Sender): Promise<boolean> {
  const { accountId, campaignId } = input
  const { holdWithoutCode, templateVersionId } = campaign
  return await pausing(db, input, async () => {
    const mail = await input.mails(db, accountId, templateVersionId ?? '')
    const { handled, blocked } = await sendMessages(db, { ...input, mail, sender })
    if (blocked !== null) await pauseFor(db, input, `The mail server refuses us: ${blocked}`)
    if (handled > 0) return true
    const now = input.now()
    return (await prepareMessages(db, { accountId, campaignId, mail, sender, holdWithoutCode, now })) > 0
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
  if (!(await isFinished(db, input))) {
    await updateLookAt(db, accountId, campaignId, await findNextDue(db, input))
    return 'later'
  }
  await inTransaction(db, async (trx) => {
    const now = input.now()
    if (await updateState(trx, { accountId, id: campaignId, from: ['sending'], to: 'sent', now }))
      await releaseCodes(trx, { accountId, campaignId })
  })
  return 'done'
}
