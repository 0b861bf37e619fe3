import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'
import type { RenderContext } from '../../templates/template.ts'
import { SHORT_KEY } from '../short-key.ts'

/** Lets one test of an account be made ready at a time, until the transaction ends. Nothing else waits for it. */
export async function lockTests(trx: Db, accountId: string): Promise<void> {
  await sql`select 1 from accounts where id = ${accountId} for no key update`.execute(trx)
}

export type TestRow = { id: string; to: string }

/** Served by messages_test. */
export async function selectTests(db: Db, accountId: string, request: string): Promise<TestRow[]> {
  const { rows } = await sql<TestRow>`
    select id, address as "to" from messages
    where account_id = ${accountId} and test_request = ${request} and kind = 'test' order by address`.execute(db)
  return rows
}

/** Where a test went; undefined where there is no such test. */
export async function selectTest(
  db: Db,
  accountId: string,
  id: string,
): Promise<{ medium: 'email' | 'sms'; address: string } | undefined> {
  const { rows } = await sql<{ medium: 'email' | 'sms'; address: string }>`
    select medium, address from messages where account_id = ${accountId} and id = ${id} and kind = 'test'`.execute(db)
  return rows[0]
}

/** Reads the account's newest messages, by the primary key: an id begins with its moment. */
export async function countTestsSince(db: Db, accountId: string, since: Date): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from messages
    where account_id = ${accountId} and kind = 'test' and created_at > ${since}`.execute(db)
  return rows[0]?.count ?? 0
}

export type NewTests = {
  accountId: string
  request: string
  templateVersionId: string
  medium: string
  channel: string
  context: RenderContext
  /** As whom the testers see it; null: as somebody made up. */
  shownAs: string | null
  messages: TestRow[]
  codes: { couponId: string; couponName: string; codeId: string }[]
  now: Date
}

/** Writes down the tests of one request, each ready with the codes in it. Violates messages_test when they are there already. */
export async function insertTests(db: Db, tests: NewTests): Promise<void> {
  await sql`
    insert into messages (account_id, id, kind, template_version_id, profile_id, medium, short_key, channel, state, address, context, shown_as, test_request, created_at)
    select ${tests.accountId}::uuid, g.id, 'test', ${tests.templateVersionId}::uuid, null, ${tests.medium},
      case when ${tests.medium} = 'sms' then ${SHORT_KEY} end, ${tests.channel}, 'ready', g.address,
      ${JSON.stringify(tests.context)}::jsonb, ${tests.shownAs}::uuid, ${tests.request}, ${tests.now}::timestamptz
    from unnest(${tests.messages.map((message) => message.id)}::uuid[], ${tests.messages.map((message) => message.to)}::text[])
      as g (id, address)`.execute(db)
  await sql`
    insert into message_codes (account_id, message_id, coupon_id, coupon_name, code_id)
    select ${tests.accountId}::uuid, m.id, c.coupon_id, c.coupon_name, c.code_id
    from unnest(${tests.messages.map((message) => message.id)}::uuid[]) as m (id),
      unnest(${tests.codes.map((code) => code.couponId)}::uuid[], ${tests.codes.map((code) => code.couponName)}::text[],
        ${tests.codes.map((code) => code.codeId)}::uuid[]) as c (coupon_id, coupon_name, code_id)`.execute(db)
}

/** Template versions with single messages that can be sent now, of all accounts. Served by messages_singles_at_work. */
export async function selectSinglesAtWork(
  db: Db,
  now: Date,
  limit: number,
): Promise<{ accountId: string; id: string }[]> {
  const { rows } = await sql<{ accountId: string; id: string }>`
    select distinct account_id as "accountId", template_version_id as id from messages
    where kind in ('test', 'resend') and state in ('ready', 'sending') and (lease_until is null or lease_until <= ${now}::timestamptz)
    limit ${limit}`.execute(db)
  return rows
}

/** Whoever asked for it looks at the answer: where the provider takes no mail at all, it ends. */
export async function updateSinglesRejected(
  db: Db,
  singles: { accountId: string; templateVersionId: string; reason: string; now: Date },
): Promise<void> {
  await sql`
    with ended as (
      update messages set state = 'rejected', reason = ${singles.reason}, lease_until = null
      where account_id = ${singles.accountId} and kind in ('test', 'resend') and template_version_id = ${singles.templateVersionId}
        and state = 'ready'
      returning id, profile_id
    )
    insert into events (account_id, id, profile_id, metric, at, message_id, properties)
    select ${singles.accountId}::uuid, uuid_v7(${singles.now}), profile_id, 'message_rejected', ${singles.now}::timestamptz, id,
      jsonb_build_object('reason', ${singles.reason}::text)
    from ended where profile_id is not null`.execute(db)
}
