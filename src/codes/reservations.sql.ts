import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../db/database.ts'

/** A pool of a coupon, and the campaign that codes are drawn for; null: for anybody. */
export type Room = { accountId: string; couponId: string; poolId: string; campaignId: string | null }

/**
 * How many codes of an open pool's line a draw may take, as a row `codes`; no row for a pool that is closed.
 *
 * Of the line (behind the head, not out of it) a campaign may take what it reserved, as far as older reservations leave it,
 * and what nobody reserved; everybody else what nobody reserved. So no draw lowers what another campaign can count on.
 * Read it with the coupon locked. `roughly`: where nothing is reserved, codes that are out are counted in, which saves counting
 * them: a draw passes over them anyway.
 */
export function roomOf(draw: Room, precision: 'exactly' | 'roughly'): RawBuilder<unknown> {
  const { accountId, couponId, poolId, campaignId } = draw
  const countOut = precision === 'exactly' ? sql`true` : sql`r.total is not null`
  return sql`
    select case when r.total is null then l.positions - o.n
        else least(greatest(l.positions - o.n - r.older, 0), r.own) + greatest(l.positions - o.n - r.total, 0) end as codes
    from (
        select p.tail - h.head as positions, h.head from pools p
          join pool_heads h on h.account_id = p.account_id and h.pool_id = p.id and h.closed_at is null
        where p.account_id = ${accountId} and p.id = ${poolId} offset 0) l
      cross join (
        select sum(x.count)::bigint as total,
          coalesce(sum(x.count) filter (where x.campaign_id = ${campaignId}::uuid), 0)::bigint as own,
          coalesce(sum(x.count) filter (where (x.reserved_at, x.campaign_id) < (
            select m.reserved_at, m.campaign_id from code_reservations m
            where m.account_id = ${accountId} and m.coupon_id = ${couponId} and m.campaign_id = ${campaignId}::uuid)), 0)::bigint as older
        from code_reservations x where x.account_id = ${accountId} and x.coupon_id = ${couponId}) r
      cross join lateral (
        select case when ${countOut} then (
          select count(*) from assignments o
          where o.account_id = ${accountId} and o.pool_id = ${poolId} and o.state = 'out' and o.position > l.head) else 0 end as n) o`
}

/** How many codes a draw may take now, exactly. */
export async function selectRoom(db: Db, draw: Room): Promise<number> {
  const { rows } = await sql<{ codes: number }>`${roomOf(draw, 'exactly')}`.execute(db)
  return rows[0]?.codes ?? 0
}

type Reservation = { accountId: string; couponId: string; campaignId: string }

/** What a campaign has reserved of a coupon and not drawn; undefined without a reservation. */
export async function selectReserved(db: Db, of: Reservation): Promise<number | undefined> {
  const { rows } = await sql<{ count: number }>`
    select count from code_reservations
    where account_id = ${of.accountId} and coupon_id = ${of.couponId} and campaign_id = ${of.campaignId}`.execute(db)
  return rows[0]?.count
}

/** Sets what a campaign reserves of a coupon; its place among the others stays that of the first time. */
export async function upsertReservation(db: Db, set: Reservation & { count: number; now: Date }): Promise<void> {
  await sql`
    insert into code_reservations (account_id, coupon_id, campaign_id, count, reserved_at)
    values (${set.accountId}, ${set.couponId}, ${set.campaignId}, ${set.count}, ${set.now})
    on conflict (account_id, coupon_id, campaign_id) do update set count = excluded.count`.execute(db)
}

/** All that is reserved of a coupon, whether it is there or not. */
export async function selectReservedTotal(db: Db, accountId: string, couponId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select coalesce(sum(count), 0)::bigint as count from code_reservations
    where account_id = ${accountId} and coupon_id = ${couponId}`.execute(db)
  return rows[0]?.count ?? 0
}

/** Coupons of which a campaign has a reservation, used up or not. */
export async function selectReservedCoupons(db: Db, accountId: string, campaignId: string): Promise<string[]> {
  const { rows } = await sql<{ couponId: string }>`
    select coupon_id as "couponId" from code_reservations
    where account_id = ${accountId} and campaign_id = ${campaignId} order by 1`.execute(db)
  return rows.map((row) => row.couponId)
}

export async function deleteReservation(db: Db, of: Reservation): Promise<void> {
  await sql`
    delete from code_reservations
    where account_id = ${of.accountId} and coupon_id = ${of.couponId} and campaign_id = ${of.campaignId}`.execute(db)
}

export async function deleteReservationsOf(db: Db, accountId: string, couponId: string): Promise<void> {
  await sql`delete from code_reservations where account_id = ${accountId} and coupon_id = ${couponId}`.execute(db)
}

export type Reserver = { id: string; name: string; state: string; count: number }

/** Campaigns that count on codes of a coupon, the oldest reservation first. */
export async function selectReservers(db: Db, accountId: string, couponId: string): Promise<Reserver[]> {
  const { rows } = await sql<Reserver>`
    select c.id, c.name, c.state, r.count
    from code_reservations r join campaigns c on c.account_id = r.account_id and c.id = r.campaign_id
    where r.account_id = ${accountId} and r.coupon_id = ${couponId} and r.count > 0
    order by r.reserved_at, c.id`.execute(db)
  return rows
}
