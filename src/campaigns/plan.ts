import type { Audience, CampaignWhen } from '../../contract/campaigns.ts'
import type { Db } from '../db/database.ts'
import { type DuePlan, listZoneNames } from '../messages/recipients.ts'
import { momentOfWall, momentsByCallingCode, momentsByZone, spanOfWall } from './local-time.ts'

const HOUR_S = 3600

/** When a campaign starts, if it is scheduled now: recipients are frozen then. Local times start where the clocks are first. */
export function startOf(when: CampaignWhen, now: Date): Date {
  if (when.kind === 'now') return now
  return when.kind === 'at' ? new Date(when.at) : latest(spanOfWall(when.at).first, now)
}

/** True when there is no recipient any more for whom the time is not over. */
export function isOver(when: CampaignWhen, now: Date): boolean {
  if (when.kind === 'now') return false
  return (when.kind === 'at' ? new Date(when.at) : spanOfWall(when.at).last) <= now
}

/**
 * When the messages of a campaign that starts at `start` are due.
 *
 * A recipient's zone is the profile's property `$timezone`, else `timezone`, where the IANA database knows it; else that of the
 * phone number's country, where it has one; else the account's.
 */
export async function planOf(
  db: Db,
  input: { accountId: string; audience: Audience; when: CampaignWhen; timeZone: string; start: Date },
): Promise<DuePlan> {
  const { when, start } = input
  if (when.kind !== 'local') return { kind: 'once', at: start, spreadSeconds: when.spreadHours * HOUR_S }
  return {
    kind: 'local',
    zones: momentsByZone(when.at, await listZoneNames(db, input)),
    phones: momentsByCallingCode(when.at),
    otherwise: momentOfWall(when.at, input.timeZone),
  }
}

export function latest(one: Date, other: Date): Date {
  return one > other ? one : other
}
