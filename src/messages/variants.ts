import type { Db } from '../db/database.ts'
import { selectVariants, updateRest, type VariantRow } from './variants.sql.ts'

export type { VariantRow }

/** What became of the two messages of a test, by people; the rest that got the winner is not in it. Empty without a test. */
export async function listVariants(db: Db, input: { accountId: string; campaignId: string }): Promise<VariantRow[]> {
  return await selectVariants(db, input.accountId, input.campaignId)
}

/** Lets the people who wait for the winner of a test get it. Returns how many. */
export async function releaseRest(
  db: Db,
  input: { accountId: string; campaignId: string; templateVersionId: string; now: Date },
): Promise<number> {
  return await updateRest(db, input)
}
