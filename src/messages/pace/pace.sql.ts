import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'

type Key = { accountId: string; senderId: string }

export type PaceRow = {
  senderId: string
  /** A day, as YYYY-MM-DD, and what went out on it. */
  day: string
  sentToday: number
  slowUntil: Date | null
  failures: number
  openUntil: Date | null
  reason: string | null
}

export async function selectPaces(db: Db, accountId: string, senderIds: readonly string[]): Promise<PaceRow[]> {
  const { rows } = await sql<PaceRow>`
    select sender_id as "senderId", day::text, sent_today as "sentToday", slow_until as "slowUntil", failures,
      open_until as "openUntil", reason
    from sender_pace where account_id = ${accountId}::uuid and sender_id = any(${senderIds}::uuid[])`.execute(db)
  return rows
}

export type Take = Key & {
  want: number
  /** Messages a second; null: no limit. */
  perSecond: number | null
  /** Messages a second while the provider wants fewer. */
  slowPerSecond: number
  /** Messages of this day; null: no limit. */
  perDay: number | null
  /** Tokens that are left for those who go first. */
  kept: number
  day: string
  probeMs: number
  now: Date
}
export type Taken = { granted: number; waitMs: number; openUntil: Date | null }

/**
 * Takes turns out of a sender's bucket: as many as the second, the day and its health allow. The row is locked before it is
 * read, so that all processes together never get more than there is. A sender that rested long enough gets one turn: the probe.
 */
export async function updateTaken(db: Db, take: Take): Promise<Taken> {
  await sql`
    insert into sender_pace (account_id, sender_id, tokens, filled_at, day)
    values (${take.accountId}::uuid, ${take.senderId}::uuid, ${take.perSecond ?? take.slowPerSecond}, ${take.now}, ${take.day}::date)
    on conflict do nothing`.execute(db)
  const { rows } = await sql<Taken>`
    with old as (
      select *, case when slow_until > ${take.now}::timestamptz then ${take.slowPerSecond}::float8 else ${take.perSecond}::float8 end as rate,
        case when day = ${take.day}::date then sent_today else 0 end as sent
      from sender_pace where account_id = ${take.accountId}::uuid and sender_id = ${take.senderId}::uuid for update
    ), filled as (
      select *, least(rate, tokens + rate * greatest(0, extract(epoch from ${take.now}::timestamptz - filled_at)::float8)) as level
      from old
    ), sized as (
      select *, greatest(0, least(${take.want}::int,
        coalesce(floor(level - least(${take.kept}::float8, rate - 1)), ${take.want}::int),
        coalesce(${take.perDay}::int - sent, ${take.want}::int),
        case when open_until is null then ${take.want}::int when open_until > ${take.now}::timestamptz then 0 else 1 end
      ))::int as granted
      from filled
    ), moved as (
      update sender_pace p set tokens = coalesce(sized.level - sized.granted, p.tokens), filled_at = ${take.now},
        day = ${take.day}::date, sent_today = sized.sent + sized.granted,
        open_until = case when sized.open_until is not null and sized.granted > 0
          then ${take.now}::timestamptz + make_interval(secs => ${take.probeMs}::float8 / 1000) else p.open_until end
      from sized where p.account_id = sized.account_id and p.sender_id = sized.sender_id
    )
    select granted, open_until as "openUntil",
      case when granted > 0 or rate is null then 0 else ceil(greatest(0, 1 + least(${take.kept}::float8, rate - 1) - level) / rate * 1000) end::float8 as "waitMs"
    from sized`.execute(db)
  return rows[0] ?? { granted: 0, waitMs: 0, openUntil: null }
}

export type Note = Key & {
  /** Turns that were taken and not used. */
  unused: number
  /** Failures of the sender since the last answer that was none, or since the beginning. */
  failures: number
  hadAnswer: boolean
  mostFailures: number
  restMs: number
  longestRestMs: number
  slowUntil: Date | null
  reason: string | null
  now: Date
}

/**
 * Notes what came of the turns. Any answer that is no failure of the sender closes its circuit; `mostFailures` in a row open
 * it, for longer each time.
 */
export async function updateNoted(db: Db, note: Note): Promise<void> {
  await sql`
    with old as (
      select *, case when ${note.hadAnswer} then 0 else failures end + ${note.failures}::int as row_of_failures,
        case when ${note.hadAnswer} then 0 else openings end as opened
      from sender_pace where account_id = ${note.accountId}::uuid and sender_id = ${note.senderId}::uuid for update
    )
    update sender_pace p set tokens = p.tokens + ${note.unused}::int, sent_today = greatest(0, p.sent_today - ${note.unused}::int),
      failures = old.row_of_failures,
      slow_until = greatest(p.slow_until, ${note.slowUntil}::timestamptz),
      openings = old.opened + case when ${note.failures}::int > 0 and old.row_of_failures >= ${note.mostFailures}::int then 1 else 0 end,
      open_until = case
        when ${note.failures}::int > 0 and old.row_of_failures >= ${note.mostFailures}::int
          then ${note.now}::timestamptz
            + make_interval(secs => least(${note.longestRestMs}::float8, ${note.restMs}::float8 * power(2, least(old.opened, 20))) / 1000)
        when ${note.hadAnswer} then null
        when p.open_until is not null and ${note.unused}::int > 0 then ${note.now}::timestamptz
        else p.open_until end,
      reason = case when ${note.failures}::int > 0 then ${note.reason}::text when ${note.hadAnswer} then null else p.reason end
    from old where p.account_id = old.account_id and p.sender_id = old.sender_id`.execute(db)
}
