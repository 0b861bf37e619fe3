import type { Db } from '../db/database.ts'
import { freezeRecipients } from '../messages/recipients.ts'
import type { SendersInUse } from '../messages/senders/open-senders.ts'
import type { MailCache } from '../messages/templates.ts'
import { type CampaignRow, updateDecidesAt, updateState } from './campaigns.sql.ts'
import { audienceOf, type CampaignInput, whenOf } from './campaigns.ts'
import { listUnserved, reserveNeeds } from './needs.ts'
import { planOf } from './plan.ts'

type FreezeInput = CampaignInput & Pick<SendersInUse, 'channel' | 'smsChannel'> & { mails: MailCache; now: () => Date }

/** The versions of the templates that a campaign sends: one, or both of a test. */
export function versionsOf({ id, templateVersionId, ab }: CampaignRow): string[] {
  if (!templateVersionId) throw new Error(`campaign ${id} was started without a template version`)
  return ab?.templateVersionId ? [templateVersionId, ab.templateVersionId] : [templateVersionId]
}

/**
 * Writes the recipients of a campaign down and moves it on to sending, in one transaction. For a campaign that was resumed the
 * recipients stay those of the start. Always true: there is more to do. Throws `coupon_archived`, `coupon_expired`.
 */
export async function freezeCampaign(
  db: Db,
  input: FreezeInput,
  campaign: CampaignRow,
  timeZone: string,
): Promise<boolean> {
  const { accountId, campaignId } = input
  const medium = campaign.channel
  const channel = medium === 'sms' ? input.smsChannel.name : input.channel.name
  const [templateVersionId = '', second] = versionsOf(campaign)
  const now = input.now()
  const audience = audienceOf(campaign)
  const test = campaign.ab && second ? { templateVersionId: second, sharePercent: campaign.ab.sharePercent } : null
  const names = await couponsOf(db, input, campaign)
  const plan = await planOf(db, { accountId, audience, when: whenOf(campaign), timeZone, start: now })
  const whose = { accountId, campaignId }
  const frozen = { ...whose, audience, plan, templateVersionId, test, medium, channel, now }
  await db.transaction().execute(async (trx) => {
    if (!(await updateState(trx, { accountId, id: campaignId, from: ['preparing'], to: 'sending', now }))) return
    await updateDecidesAt(trx, accountId, campaignId, now)
    await freezeRecipients(trx, frozen)
    await settleReservations(trx, { ...whose, names, mayExceed: campaign.holdWithoutCode, now })
  })
  return true
}

async function couponsOf(db: Db, input: FreezeInput, campaign: CampaignRow): Promise<string[]> {
  const names: string[] = []
  for (const versionId of versionsOf(campaign))
    names.push(...(await input.mails(db, input.accountId, versionId)).coupons)
  return [...new Set(names)]
}

/** Reserves for the people who are recipients now: less than before gives codes back, more takes what is there. */
async function settleReservations(
  trx: Db,
  input: CampaignInput & { names: string[]; mayExceed: boolean; now: Date },
): Promise<void> {
  const needs = await listUnserved(trx, input)
  const short = await reserveNeeds(trx, input, needs)
  const rest = short.map(({ couponId, available }) => ({ couponId, needed: available }))
  await reserveNeeds(trx, input, rest)
}
