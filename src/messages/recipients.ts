import type { Audience } from '../../contract/campaigns.ts'
import type { Db } from '../db/database.ts'
import type { Medium } from './mail.ts'
import {
  type DuePlan,
  type FrozenCampaign,
  insertCampaignMessages,
  type RecipientCounts,
  selectKeepers,
  selectRecipientCounts,
  selectUnservedCount,
  selectZoneNames,
} from './recipients.sql.ts'

export type { DuePlan, RecipientCounts }

/** Most spellings of time zones that profiles of one audience may have. The IANA database has some 600. */
const MOST_ZONES = 5000

/** Who of an audience would get a campaign, each person once, who would not and why, and by when the last would. */
export async function countRecipients(
  db: Db,
  input: { accountId: string; campaignId: string; audience: Audience; medium: Medium; plan: DuePlan; now: Date },
): Promise<RecipientCounts> {
  return await selectRecipientCounts(db, input)
}

/**
 * How many recipients of an audience keep the code of a coupon that they have, because it lasts beyond `until`, and how many had one in a scope
 * that gives no other.
 */
export async function countKeepers(
  db: Db,
  input: { accountId: string; audience: Audience; medium: Medium; couponId: string; scope: string; until: Date },
): Promise<{ kept: number; alreadyHad: number }> {
  return await selectKeepers(db, input)
}

/** What profiles of an audience have in `$timezone` and `timezone`, valid or not; at most 5,000 spellings. */
export async function listZoneNames(db: Db, input: { accountId: string; audience: Audience }): Promise<string[]> {
  return await selectZoneNames(db, { ...input, limit: MOST_ZONES })
}

/** Writes down a message for everybody of the audience, who then are the recipients whatever becomes of its lists. */
export async function freezeRecipients(db: Db, campaign: FrozenCampaign): Promise<void> {
  await insertCampaignMessages(db, campaign)
}

/** How many codes of a coupon the planned messages of a campaign need: one for each person who has none that lasts and may get another. */
export async function countUnserved(
  db: Db,
  input: { accountId: string; campaignId: string; couponId: string; scope: string },
): Promise<number> {
  return await selectUnservedCount(db, input)
}
