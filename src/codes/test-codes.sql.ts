import { sql } from 'kysely'
import type { Db } from '../db/database.ts'

export type TestCode = { codeId: string; code: string; expiresAt: Date | null }

/**
 * Closes the test code of a coupon that testers can use no more: its time is over, it was redeemed or withdrawn, or it is of
 * older terms. Call it with the coupon locked.
 */
export async function updateTestCodeClosed(
  db: Db,
  given: { accountId: string; couponId: string; versionId: string; now: Date },
): Promise<void> {
  await sql`
    update test_codes t set closed_at = ${given.now}
    where t.account_id = ${given.accountId} and t.coupon_id = ${given.couponId} and t.closed_at is null and (
      t.expires_at <= ${given.now}
      or not exists (select from codes c where c.account_id = t.account_id and c.id = t.code_id and c.state = 'live')
      or not exists (select from pools p where p.account_id = t.account_id and p.id = t.pool_id and p.version_id = ${given.versionId}))`.execute(
    db,
  )
}

/** Served by test_codes_open. */
export async function selectOpenTestCode(db: Db, accountId: string, couponId: string): Promise<TestCode | undefined> {
  const { rows } = await sql<TestCode>`
    select t.code_id as "codeId", c.code, t.expires_at as "expiresAt"
    from test_codes t join codes c on c.account_id = t.account_id and c.id = t.code_id
    where t.account_id = ${accountId} and t.coupon_id = ${couponId} and t.closed_at is null`.execute(db)
  return rows[0]
}

/**
 * Takes the next code out of the line for testers, in one statement. Call it with the coupon locked: no draw is at work then.
 * Later draws pass over it, as over a code that a checkout took. Violates test_codes_open when the coupon has an open one.
 */
export async function insertTestCode(
  db: Db,
  given: { accountId: string; couponId: string; poolId: string; expiresAt: Date | null; now: Date },
): Promise<TestCode | undefined> {
  const { rows } = await sql<TestCode>`
    with next as (
      select c.id, c.position, c.code
      from codes c
      where c.account_id = ${given.accountId} and c.pool_id = ${given.poolId} and c.state = 'live'
        and c.position > (
          select head from pool_heads where account_id = ${given.accountId} and pool_id = ${given.poolId} and closed_at is null
        )
        and (select true from assignments a where a.account_id = c.account_id and a.code_id = c.id) is null
      order by c.position limit 1
    ), taken as (
      insert into assignments (account_id, code_id, pool_id, coupon_id, profile_id, state, position, assigned_at, expires_at)
      select ${given.accountId}::uuid, id, ${given.poolId}::uuid, ${given.couponId}::uuid, null, 'out', position,
        ${given.now}::timestamptz, ${given.expiresAt}::timestamptz
      from next
      on conflict do nothing
      returning code_id
    ), noted as (
      insert into test_codes (account_id, code_id, pool_id, coupon_id, drawn_at, expires_at)
      select ${given.accountId}::uuid, code_id, ${given.poolId}::uuid, ${given.couponId}::uuid, ${given.now}::timestamptz,
        ${given.expiresAt}::timestamptz
      from taken
      returning code_id
    )
    select n.code_id as "codeId", next.code, ${given.expiresAt}::timestamptz as "expiresAt"
    from noted n join next on next.id = n.code_id`.execute(db)
  return rows[0]
}
