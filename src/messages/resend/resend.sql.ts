import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'
import { SHORT_KEY } from '../short-key.ts'

/** Who has a code, where they can be reached, and whether it can still be used. */
export type Holder = {
  profileId: string
  email: string | null
  phone: string | null
  emailConsent: string
  smsConsent: string
  couponId: string
  isOpen: boolean
  isEmailSuppressed: boolean
  isSmsSuppressed: boolean
}

/** The holder of a code, held until the transaction ends: messages to one person are sent again one after another. */
export async function lockHolder(
  trx: Db,
  key: { accountId: string; codeId: string; now: Date },
): Promise<Holder | undefined> {
  const { rows } = await sql<Holder>`
    select p.id as "profileId", p.email, p.phone, p.email_consent as "emailConsent", p.sms_consent as "smsConsent", a.coupon_id as "couponId",
      a.state = 'open' and c.state = 'live' and coalesce(a.expires_at > ${key.now}::timestamptz, true) as "isOpen",
      ${isSuppressed('email', sql.raw('p.email'))} as "isEmailSuppressed", ${isSuppressed('sms', sql.raw('p.phone'))} as "isSmsSuppressed"
    from assignments a
      join codes c on c.account_id = a.account_id and c.id = a.code_id
      join profiles p on p.account_id = a.account_id and p.id = a.profile_id
    where a.account_id = ${key.accountId}::uuid and a.code_id = ${key.codeId}::uuid
    for no key update of p`.execute(trx)
  return rows[0]
}

function isSuppressed(channel: 'email' | 'sms', address: ReturnType<typeof sql.raw>) {
  return sql`exists (select from suppressions s
    where s.account_id = p.account_id and s.channel = ${sql.lit(channel)} and s.address = lower(${address}))`
}

export type SentOriginal = { id: string; templateVersionId: string; medium: 'email' | 'sms' }

/**
 * The newest message that told somebody a code, or, where no message did, one that it replaced. Served by message_codes_code and
 * revocations_replaced_by.
 */
export async function selectOriginal(
  db: Db,
  of: { accountId: string; codeId: string; profileId: string; medium: 'email' | 'sms' | undefined },
): Promise<SentOriginal | undefined> {
  const { rows } = await sql<SentOriginal>`
    with recursive chain as (
      select ${of.codeId}::uuid as code_id, 0 as depth
      union all
      select r.code_id, chain.depth + 1 from chain
        cross join lateral (
          select code_id from revocations where account_id = ${of.accountId}::uuid and replaced_by = chain.code_id offset 0) r
      where chain.depth < 50
    )
    select coalesce(m.resend_of, m.id) as id, m.template_version_id as "templateVersionId", m.medium
    from chain
      cross join lateral (select message_id from message_codes where account_id = ${of.accountId}::uuid and code_id = chain.code_id offset 0) mc
      cross join lateral (select * from messages where account_id = ${of.accountId}::uuid and id = mc.message_id offset 0) m
    where m.profile_id = ${of.profileId}::uuid and m.kind <> 'test' and m.state in ('sent', 'unknown', 'rejected')
      and (${of.medium ?? null}::text is null or m.medium = ${of.medium ?? null}::text)
    order by chain.depth, m.id desc limit 1`.execute(db)
  return rows[0]
}

export type CodeNow = { couponId: string; couponName: string; codeId: string | null }

/** The coupons of a message's codes, and the code of each that the person can use now; null where they have none. Served by the primary key, whose order is asked for. */
export async function selectCodesNow(
  db: Db,
  of: { accountId: string; messageId: string; profileId: string; now: Date },
): Promise<CodeNow[]> {
  const { rows } = await sql<CodeNow>`
    select mc.coupon_id as "couponId", mc.coupon_name as "couponName", (
      select a.code_id from assignments a join codes c on c.account_id = a.account_id and c.id = a.code_id and c.state = 'live'
      where a.account_id = mc.account_id and a.profile_id = ${of.profileId}::uuid and a.state = 'open'
        and a.coupon_id is not distinct from mc.coupon_id and coalesce(a.expires_at > ${of.now}::timestamptz, true)
        and a.scope = (select regexp_replace(o.scope, '^left:[^:]+:', '') from assignments o where o.account_id = mc.account_id and o.code_id = mc.code_id)) as "codeId"
    from (
      select * from message_codes where account_id = ${of.accountId}::uuid and message_id = ${of.messageId}::uuid
      order by coupon_id offset 0) mc
    order by mc.coupon_name`.execute(db)
  return rows
}

export type ResentRow = { id: string; to: string; medium: 'email' | 'sms'; templateVersionId: string }

/** Served by messages_resend. */
export async function selectResent(db: Db, accountId: string, request: string): Promise<ResentRow | undefined> {
  const { rows } = await sql<ResentRow>`
    select id, address as "to", medium, template_version_id as "templateVersionId" from messages
    where account_id = ${accountId}::uuid and resend_request = ${request}::text and kind = 'resend'`.execute(db)
  return rows[0]
}

/** Served by messages_person. */
export async function countResentSince(db: Db, accountId: string, profileId: string, since: Date): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from messages
    where account_id = ${accountId}::uuid and profile_id = ${profileId}::uuid and coalesce(kind = 'resend', false)
      and created_at > ${since}::timestamptz`.execute(db)
  return rows[0]?.count ?? 0
}

/**
 * Writes down the copy of a message, ready, with what its template reads of the person as it was then, and the codes that the person
 * can use now. Violates messages_resend when the request has made one already.
 */
export async function insertResent(
  db: Db,
  message: {
    accountId: string
    id: string
    originalId: string
    address: string
    channel: string
    request: string
    codes: readonly CodeNow[]
    now: Date
  },
): Promise<void> {
  await sql`
    insert into messages (account_id, id, kind, template_version_id, profile_id, medium, short_key, channel, state, address, context,
      resend_of, resend_request, created_at)
    select m.account_id, ${message.id}::uuid, 'resend', m.template_version_id, m.profile_id, m.medium,
      case when m.medium = 'sms' then ${SHORT_KEY} end, ${message.channel}::text, 'ready', ${message.address}::text, m.context, m.id,
      ${message.request}::text, ${message.now}::timestamptz
    from messages m where m.account_id = ${message.accountId}::uuid and m.id = ${message.originalId}::uuid`.execute(db)
  await sql`
    insert into message_codes (account_id, message_id, coupon_id, coupon_name, code_id)
    select ${message.accountId}::uuid, ${message.id}::uuid, g.coupon_id, g.coupon_name, g.code_id
    from unnest(${message.codes.map((code) => code.couponId)}::uuid[], ${message.codes.map((code) => code.couponName)}::text[],
      ${message.codes.map((code) => code.codeId)}::uuid[]) as g (coupon_id, coupon_name, code_id)`.execute(db)
}
