import type { Page } from '../../contract/common.ts'
import type { Campaign } from '../../contract/messages.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { AppError } from '../errors.ts'
import { decodeIdCursor, toPage } from '../lib/cursor.ts'
import { newId } from '../lib/ids.ts'
import { cancelMessages, countMessages } from '../messages/progress.ts'
import { requireTemplate } from '../messages/templates.ts'
import { requireListName } from '../profiles/lists.ts'
import {
  type CampaignRow,
  deleteDraft,
  insertCampaign,
  selectCampaign,
  selectCampaigns,
  selectCampaignsAtWork,
  updateDraft,
  updateState,
} from './campaigns.sql.ts'

type CampaignInput = { accountId: string; campaignId: string }

/** Throws `campaign_not_found`. */
export async function requireCampaign(db: Db, input: CampaignInput): Promise<CampaignRow> {
  const row = await selectCampaign(db, input.accountId, input.campaignId)
  if (!row)
    throw new AppError('campaign_not_found', 'There is no such campaign in this account.', {
      campaignId: input.campaignId,
    })
  return row
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
  const { accountId, templateVersionId: _, ...fields } = row
  return {
    ...fields,
    counts: await countMessages(db, { accountId, campaignId: row.id }),
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
  }
}

/** Throws `list_not_found`, `template_not_found`. */
export async function createCampaign(
  db: Db,
  input: {
    accountId: string
    name: string
    smartSending?: boolean | undefined
    listId: string
    templateId: string
    now: Date
  },
): Promise<Campaign> {
  await requireListName(db, input)
  const { channel } = await requireTemplate(db, input)
  const id = newId()
  await insertCampaign(db, { ...input, channel, smartSending: input.smartSending ?? true, id })
  return await describeCampaign(db, { accountId: input.accountId, campaignId: id })
}

/** Changes a draft. Throws `campaign_state` once it was started, and what `createCampaign` throws. */
export async function updateCampaign(
  db: Db,
  input: CampaignInput & {
    name?: string | undefined
    smartSending?: boolean | undefined
    listId?: string | undefined
    templateId?: string | undefined
  },
): Promise<Campaign> {
  const before = await requireCampaign(db, input)
  const { accountId } = input
  const after = {
    name: input.name ?? before.name,
    listId: input.listId ?? before.listId,
    templateId: input.templateId ?? before.templateId,
    smartSending: input.smartSending ?? before.smartSending,
  }
  await requireListName(db, { accountId, listId: after.listId })
  const { channel } = await requireTemplate(db, { accountId, templateId: after.templateId })
  if (!(await updateDraft(db, { accountId, id: before.id, channel, ...after })))
    throw wrongState(before, 'changed: only a draft can be')
  return await describeCampaign(db, input)
}

/** Deletes a draft. Throws `campaign_state` for a campaign that was started: what was sent stays on record. */
export async function deleteCampaign(db: Db, input: CampaignInput): Promise<void> {
  const campaign = await requireCampaign(db, input)
  if (!(await deleteDraft(db, input.accountId, campaign.id)))
    throw wrongState(campaign, 'deleted: what was sent stays on record')
}

/** Stops sending after the batch at work. Throws `campaign_state`. */
export async function pauseCampaign(db: Db, input: CampaignInput & { reason?: string; now: Date }): Promise<Campaign> {
  const { accountId, now } = input
  const campaign = await requireCampaign(db, input)
  const why = input.reason === undefined ? {} : { reason: input.reason }
  const move = { accountId, id: campaign.id, from: ['sending', 'preparing'], to: 'paused', now, ...why }
  if (!(await updateState(db, move))) throw wrongState(campaign, 'paused: it is not being sent')
  return await describeCampaign(db, input)
}

/** Throws `campaign_state`. Wake the worker afterwards. */
export async function resumeCampaign(db: Db, input: CampaignInput & { now: Date }): Promise<Campaign> {
  const { accountId, now } = input
  const campaign = await requireCampaign(db, input)
  const move = { accountId, id: campaign.id, from: ['paused'], to: 'preparing', now }
  if (!(await updateState(db, move))) throw wrongState(campaign, 'resumed: it is not paused')
  return await describeCampaign(db, input)
}

/**
 * Ends a campaign: what is not sent yet is cancelled. Codes that its messages hold stay their people's: the next mail with the
 * same coupon shows them. Throws `campaign_state`.
 */
export async function cancelCampaign(db: Db, input: CampaignInput & { now: Date }): Promise<Campaign> {
  const { accountId, now } = input
  const campaign = await requireCampaign(db, input)
  await inTransaction(db, async (trx) => {
    const move = { accountId, id: campaign.id, from: ['preparing', 'sending', 'paused'], to: 'cancelled', now }
    if (!(await updateState(trx, move))) throw wrongState(campaign, 'cancelled: it is not being sent')
    await cancelMessages(trx, { accountId, campaignId: campaign.id })
  })
  return await describeCampaign(db, input)
}

/** Campaigns that a worker has to go on with, of all accounts, oldest first; at most 100. */
export async function listCampaignsAtWork(db: Db): Promise<{ accountId: string; id: string }[]> {
  return await selectCampaignsAtWork(db, 100)
}

function wrongState(campaign: CampaignRow, what: string): AppError {
  return new AppError('campaign_state', `This campaign cannot be ${what}. Its state is ${campaign.state}.`, {
    state: campaign.state,
  })
}
