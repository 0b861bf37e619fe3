import type { AbTest, Audience, Campaign, CampaignWhen } from '../../contract/campaigns.ts'
import type { Page } from '../../contract/common.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { AppError } from '../errors.ts'
import { decodeIdCursor, toPage } from '../lib/cursor.ts'
import { newId } from '../lib/ids.ts'
import { countMessages } from '../messages/progress.ts'
import { requireTemplate } from '../messages/templates.ts'
import { requireListName } from '../profiles/lists.ts'
import {
  type AbRow,
  type CampaignRow,
  deleteDraft,
  insertCampaign,
  replaceAudience,
  selectCampaign,
  selectCampaigns,
  selectCampaignsAtWork,
  updateDraft,
} from './campaigns.sql.ts'

export type CampaignInput = { accountId: string; campaignId: string }

/** Throws `campaign_not_found`. */
export async function requireCampaign(db: Db, input: CampaignInput): Promise<CampaignRow> {
  const row = await selectCampaign(db, input.accountId, input.campaignId)
  if (!row) throw campaignNotFound(input.campaignId)
  return row
}

export function campaignNotFound(campaignId: string): AppError {
  return new AppError('campaign_not_found', 'There is no such campaign in this account.', { campaignId })
}

/** A campaign with its messages counted by state. Throws `campaign_not_found`. */
export async function describeCampaign(db: Db, input: CampaignInput): Promise<Campaign> {
  return await toCampaign(db, await requireCampaign(db, input))
}

/** Newest first. */
export async function listCampaigns(
  db: Db,
  input: { accountId: string; cursor?: string | undefined; limit: number },
): Promise<Page<Campaign>> {
  const rows = await selectCampaigns(db, input.accountId, decodeIdCursor(input.cursor) ?? null, input.limit + 1)
  const page = toPage(
    rows,
    input.limit,
    (row) => [row.id],
    (row) => row,
  )
  return { items: await Promise.all(page.items.map((row) => toCampaign(db, row))), next: page.next }
}

async function toCampaign(db: Db, row: CampaignRow): Promise<Campaign> {
  const { id, name, channel, smartSending, state, templateId, templateName, holdWithoutCode, pausedReason } = row
  const { nextAskAt, ...counts } = await countMessages(db, { accountId: row.accountId, campaignId: row.id })
  return {
    ...{ id, name, channel, smartSending, state, templateId, templateName, holdWithoutCode, pausedReason },
    audience: namedAudienceOf(row),
    ab: toAb(row.ab),
    when: whenOf(row),
    counts,
    nextAskAt: nextAskAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    startsAt: row.state === 'scheduled' ? (row.lookAt?.toISOString() ?? null) : null,
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
  }
}

function toAb(ab: AbRow | null): Campaign['ab'] {
  if (!ab) return null
  const { templateVersionId: _, decidesAt, ...fields } = ab
  return { ...fields, decidesAt: decidesAt === null ? null : new Date(decidesAt).toISOString() }
}

export function abTestOf({ ab }: CampaignRow): AbTest | null {
  if (!ab) return null
  const { templateId, sharePercent, metric, afterHours } = ab
  return { templateId, sharePercent, metric, afterHours }
}

export function audienceOf(row: CampaignRow): Audience {
  const { include, exclude } = namedAudienceOf(row)
  const bare = ({ kind, id }: Campaign['audience']['include'][number]) => ({ kind, id })
  return { include: include.map(bare), exclude: exclude.map(bare) }
}

function namedAudienceOf(row: CampaignRow): Campaign['audience'] {
  const pick = (isExcluded: boolean) =>
    row.sources.filter((source) => source.isExcluded === isExcluded).map(({ kind, id, name }) => ({ kind, id, name }))
  return { include: pick(false), exclude: pick(true) }
}

export function whenOf(row: CampaignRow): CampaignWhen {
  const { whenKind, sendAt, sendAtLocal, spreadHours } = row
  if (whenKind === 'at' && sendAt) return { kind: 'at', at: sendAt.toISOString(), spreadHours }
  if (whenKind === 'local' && sendAtLocal) return { kind: 'local', at: sendAtLocal }
  return { kind: 'now', spreadHours }
}

export type CampaignDraft = {
  name: string
  audience: Audience
  templateId: string
  ab?: AbTest | null | undefined
  when?: CampaignWhen | undefined
  holdWithoutCode?: boolean | undefined
  /** Whether people who got another message lately are passed over; they are unless said otherwise. */
  smartSending?: boolean | undefined
}

const AT_ONCE: CampaignWhen = { kind: 'now', spreadHours: 0 }

/** Throws `list_not_found`, `template_not_found`, `invalid_input` for a list that is included and excluded. */
export async function createCampaign(
  db: Db,
  input: CampaignDraft & { accountId: string; now: Date },
): Promise<Campaign> {
  const { accountId, ab = null, when = AT_ONCE, holdWithoutCode = false, smartSending = true } = input
  const id = newId()
  await inTransaction(db, async (trx) => {
    const channel = await requireTemplates(trx, { ...input, ab })
    await insertCampaign(trx, { ...input, id, channel, smartSending, ab, when, holdWithoutCode })
    await writeAudience(trx, { accountId, campaignId: id }, input.audience)
  })
  return await describeCampaign(db, { accountId, campaignId: id })
}

/** Makes a draft of the same content as a campaign in any state, to be sent as soon as it is scheduled. Throws `campaign_not_found`. */
export async function copyCampaign(db: Db, input: CampaignInput & { now: Date }): Promise<Campaign> {
  const row = await requireCampaign(db, input)
  const { accountId, templateId, holdWithoutCode, smartSending } = row
  const name = `${row.name.slice(0, 190)} (copy)`
  const copied = { audience: audienceOf(row), templateId, ab: abTestOf(row), holdWithoutCode, smartSending }
  const draft = { accountId, name, ...copied, now: input.now }
  return await createCampaign(db, draft)
}

/** Changes a draft. Throws `campaign_state` once it was scheduled, and what `createCampaign` throws. */
export async function updateCampaign(
  db: Db,
  input: CampaignInput & { [K in keyof CampaignDraft]?: CampaignDraft[K] | undefined },
): Promise<Campaign> {
  const before = await requireCampaign(db, input)
  const after = {
    accountId: input.accountId,
    name: input.name ?? before.name,
    templateId: input.templateId ?? before.templateId,
    ab: input.ab === undefined ? abTestOf(before) : input.ab,
    when: input.when ?? whenOf(before),
    holdWithoutCode: input.holdWithoutCode ?? before.holdWithoutCode,
    smartSending: input.smartSending ?? before.smartSending,
  }
  await inTransaction(db, async (trx) => {
    const channel = await requireTemplates(trx, after)
    if (!(await updateDraft(trx, { ...after, channel, id: before.id })))
      throw wrongState(before, 'changed: only a draft can be. Unschedule it first')
    if (input.audience) await writeAudience(trx, input, input.audience)
  })
  return await describeCampaign(db, input)
}

/** The channel of a campaign's templates. */
async function requireTemplates(
  trx: Db,
  { accountId, templateId, ab }: { accountId: string; templateId: string; ab: AbTest | null },
): Promise<'email' | 'sms'> {
  const { channel } = await requireTemplate(trx, { accountId, templateId })
  if (!ab) return channel
  const second = await requireTemplate(trx, { accountId, templateId: ab.templateId })
  if (ab.templateId === templateId) {
    throw new AppError('invalid_input', 'A test needs two messages. Choose another template as the second one.', {
      templateId,
    })
  }
  if (second.channel === channel) return channel
  throw new AppError('invalid_input', 'Both messages of a test are emails, or both are text messages.', {
    templateId: ab.templateId,
  })
}

async function writeAudience(trx: Db, input: CampaignInput, audience: Audience): Promise<void> {
  const { accountId, campaignId } = input
  const excluded = new Set(audience.exclude.map((source) => source.id))
  const both = audience.include.find((source) => excluded.has(source.id))
  if (both) {
    throw new AppError('invalid_input', 'A list cannot be included and excluded at once. Take it out of one of them.', {
      listId: both.id,
    })
  }
  const sources = [
    ...audience.include.map((source) => ({ ...source, isExcluded: false })),
    ...audience.exclude.map((source) => ({ ...source, isExcluded: true })),
  ]
  for (const source of sources) await requireListName(trx, { accountId, listId: source.id })
  await replaceAudience(trx, accountId, campaignId, sources)
}

/** Deletes a draft. Throws `campaign_state` for any other campaign: what was sent stays on record. */
export async function deleteCampaign(db: Db, input: CampaignInput): Promise<void> {
  const campaign = await requireCampaign(db, input)
  if (!(await deleteDraft(db, input.accountId, campaign.id)))
    throw wrongState(campaign, 'deleted: only a draft can be, and what was sent stays on record')
}

/** Campaigns that a worker has to go on with, of all accounts, oldest first; at most 100. */
export async function listCampaignsAtWork(db: Db, now: Date): Promise<{ accountId: string; id: string }[]> {
  return await selectCampaignsAtWork(db, now, 100)
}

export function wrongState(campaign: Pick<CampaignRow, 'state'>, what: string): AppError {
  return new AppError('campaign_state', `This campaign cannot be ${what}. Its state is ${campaign.state}.`, {
    state: campaign.state,
  })
}
