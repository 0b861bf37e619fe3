import type { Page } from '../../contract/common.ts'
import type { FeedItem, ProfileDetail } from '../../contract/people.ts'
import type { Db } from '../db/database.ts'
import { decodeIdCursor, toPage } from '../lib/cursor.ts'
import { maskCode } from '../lib/mask.ts'
import { requireProfile } from '../profiles/profiles.ts'
import { listSuppressionsOf } from '../profiles/suppression/suppress.ts'
import { selectFeed, selectJoinedLists, selectProfileCodes } from './people.sql.ts'
import { toRevocation } from './revocation.ts'

/** Most codes that a profile's page shows, newest first. */
const SHOWN_CODES = 200

/** `showsCodes`: the caller may see codes in full; they are masked otherwise. */
type ReportInput = { accountId: string; profileId: string; showsCodes: boolean }

/** A profile with its lists and its newest 200 codes. Throws `profile_not_found`. */
export async function reportProfile(db: Db, input: ReportInput & { now: Date }): Promise<ProfileDetail> {
  const profile = await requireProfile(db, input)
  const lists = await selectJoinedLists(db, input.accountId, input.profileId)
  const codes = await selectProfileCodes(db, input.accountId, input.profileId, input.now, SHOWN_CODES)
  const suppressions = await listSuppressionsOf(db, { ...profile, accountId: input.accountId })
  return {
    ...profile,
    suppressions,
    lists: lists.map((list) => ({ ...list, joinedAt: list.joinedAt.toISOString() })),
    codes: codes.map((row) => ({
      ...row,
      code: input.showsCodes ? row.code : maskCode(row.code),
      assignedAt: row.assignedAt.toISOString(),
      expiresAt: row.expiresAt?.toISOString() ?? null,
      revocation: toRevocation(row.revocation),
    })),
  }
}

/** What happened to a profile, newest first. Throws `profile_not_found`. */
export async function reportFeed(
  db: Db,
  input: ReportInput & { cursor?: string | undefined; limit: number },
): Promise<Page<FeedItem>> {
  await requireProfile(db, input)
  const before = decodeIdCursor(input.cursor)
  const rows = await selectFeed(db, input.accountId, input.profileId, before, input.limit + 1)
  return toPage(
    rows,
    input.limit,
    (row) => [row.id],
    (row) => ({
      ...row,
      at: row.at.toISOString(),
      code: row.code !== null && !input.showsCodes ? maskCode(row.code) : row.code,
    }),
  )
}
