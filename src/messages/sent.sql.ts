import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import type { RenderContext } from '../templates/template.ts'
import type { ClaimedCode } from './claim.sql.ts'

export type SentCode = ClaimedCode & { isRedeemed: boolean }
export type SentMessage = {
  id: string
  kind: 'campaign' | 'test' | 'resend'
  accountId: string
  profileId: string | null
  templateVersionId: string
  shortKey: string | null
  context: RenderContext
  renderedAt: Date
  codes: SentCode[] | null
}

/** A message that went out, or may have, with all that it was made of. */
export async function selectSent(
  db: Db,
  named: { accountId: string; messageId: string } | { shortKey: string },
): Promise<SentMessage | undefined> {
  const isNamed =
    'shortKey' in named
      ? sql`m.short_key = ${named.shortKey}`
      : sql`m.account_id = ${named.accountId} and m.id = ${named.messageId}`
  const { rows } = await sql<SentMessage>`
    select m.id, m.kind, m.account_id as "accountId", m.short_key as "shortKey", m.profile_id as "profileId", m.template_version_id as "templateVersionId", m.context,
      m.rendered_at as "renderedAt",
      (select json_agg(json_build_object('name', mc.coupon_name, 'code', k.code, 'expiresAt', a.expires_at, 'storeUrl', s.url, 'storeKind', s.kind,
          'isRedeemed', k.state = 'redeemed', 'isWithdrawn', k.state = 'withdrawn' or (k.state = 'live' and a.state = 'revoked')))
        from (select * from message_codes where account_id = m.account_id and message_id = m.id order by coupon_id offset 0) mc
        cross join lateral (
          select account_id, code, state, store_id from codes where account_id = mc.account_id and id = mc.code_id offset 0
        ) k
        join stores s on s.account_id = k.account_id and s.id = k.store_id
        left join lateral (
          select expires_at, state from assignments where account_id = mc.account_id and code_id = mc.code_id offset 0
        ) a on true) as codes
    from messages m
    where ${isNamed} and m.state in ('sending', 'sent', 'unknown')
      and m.context is not null and m.rendered_at is not null`.execute(db)
  return rows[0]
}

/** Whether a text message was the first to its person when it was rendered. Served by messages_person. */
export async function selectIsFirst(
  db: Db,
  { accountId, messageId }: { accountId: string; messageId: string },
): Promise<boolean> {
  const { rows } = await sql`
    select 1 from messages m join messages x on x.account_id = m.account_id and x.profile_id = m.profile_id
    where m.account_id = ${accountId} and m.id = ${messageId} and x.medium = 'sms' and x.id <> m.id
      and x.state in ('sending', 'sent', 'unknown') and x.rendered_at < m.rendered_at limit 1`.execute(db)
  return rows.length === 0
}
