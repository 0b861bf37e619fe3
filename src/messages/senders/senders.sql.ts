import { sql } from 'kysely'
import type { SenderProvider } from '../../../contract/senders.ts'
import type { Db } from '../../db/database.ts'

export type SenderKind = 'email' | 'sms'
export type SenderRow = {
  id: string
  accountId: string
  channel: SenderKind
  provider: SenderProvider
  name: string
  fromName: string | null
  fromAddress: string | null
  replyTo: string | null
  settings: Record<string, unknown>
  /** Sealed JSON of the secrets. */
  sealed: string
  secretNames: string[]
  /** Rises with every change, so that whoever has the sender open notices. */
  revision: number
  perSecond: number | null
  perDay: number | null
  /** A day, as YYYY-MM-DD. */
  warmUpFrom: string | null
  createdAt: Date
  isActive: boolean
  /** The key of the domain that it sends from; null where there is none, or its record was not found in the DNS. */
  dkim: { domain: string; selector: string; sealed: string } | null
}

const COLUMNS = sql.raw(`s.id, s.account_id as "accountId", s.channel, s.provider, s.name, s.from_name as "fromName",
  s.from_address as "fromAddress", s.reply_to as "replyTo", s.settings, s.sealed, s.secret_names as "secretNames", s.revision,
  s.per_second as "perSecond", s.per_day as "perDay", s.warm_up_from::text as "warmUpFrom", s.created_at as "createdAt",
  exists (select 1 from active_senders a where a.account_id = s.account_id and a.sender_id = s.id) as "isActive",
  (select json_build_object('domain', d.domain, 'selector', d.selector, 'sealed', d.sealed) from sending_domains d
    where d.account_id = s.account_id and s.channel = 'email' and d.sealed <> '' and d.verified_at is not null and d.domain = lower(split_part(
      coalesce(s.from_address, (select o.sender_email from accounts o where o.id = s.account_id)), '@', 2))) as dkim`)

type Written = Omit<SenderRow, 'id' | 'accountId' | 'revision' | 'createdAt' | 'isActive' | 'dkim'>

/** Fails on senders_name (23505). */
export async function insertSender(db: Db, accountId: string, id: string, row: Written, now: Date): Promise<void> {
  await sql`
    insert into senders (account_id, id, channel, provider, name, from_name, from_address, reply_to, settings, sealed, secret_names,
      per_second, per_day, warm_up_from, created_at)
    values (${accountId}::uuid, ${id}::uuid, ${row.channel}, ${row.provider}, ${row.name}, ${row.fromName}, ${row.fromAddress},
      ${row.replyTo}, ${JSON.stringify(row.settings)}::jsonb, ${row.sealed}, ${row.secretNames}::text[], ${row.perSecond}::int,
      ${row.perDay}::int, ${row.warmUpFrom}::date, ${now})`.execute(db)
}

/** Takes the row for this transaction, so that two changes come one after the other. */
export async function lockSender(trx: Db, accountId: string, id: string): Promise<SenderRow | undefined> {
  const { rows } = await sql<SenderRow>`
    select ${COLUMNS} from senders s
    where s.account_id = ${accountId}::uuid and s.id = ${id}::uuid and s.removed_at is null for update of s`.execute(
    trx,
  )
  return rows[0]
}

export async function updateSenderRow(trx: Db, accountId: string, id: string, row: Written): Promise<void> {
  await sql`
    update senders set name = ${row.name}, from_name = ${row.fromName}, from_address = ${row.fromAddress}, reply_to = ${row.replyTo},
      settings = ${JSON.stringify(row.settings)}::jsonb, sealed = ${row.sealed}, secret_names = ${row.secretNames}::text[],
      per_second = ${row.perSecond}::int, per_day = ${row.perDay}::int, warm_up_from = ${row.warmUpFrom}::date,
      revision = revision + 1
    where account_id = ${accountId}::uuid and id = ${id}::uuid and removed_at is null`.execute(trx)
}

/** Seals the secrets anew, unless they changed meanwhile. */
export async function updateSealed(db: Db, row: SenderRow, sealed: string): Promise<void> {
  await sql`
    update senders set sealed = ${sealed}
    where account_id = ${row.accountId}::uuid and id = ${row.id}::uuid and sealed = ${row.sealed}`.execute(db)
}

/** Forgets the secrets; the row stays for what was sent with it. False for one that is active: that one is not removed. */
export async function updateRemoved(db: Db, accountId: string, id: string, now: Date): Promise<boolean> {
  const { rows } = await sql`
    update senders s set removed_at = ${now}, sealed = '', secret_names = '{}', revision = revision + 1
    where s.account_id = ${accountId}::uuid and s.id = ${id}::uuid and s.removed_at is null
      and not exists (select 1 from active_senders a where a.account_id = s.account_id and a.sender_id = s.id)
    returning s.id`.execute(db)
  return rows.length === 1
}

export async function selectSender(db: Db, accountId: string, id: string): Promise<SenderRow | undefined> {
  const { rows } = await sql<SenderRow>`
    select ${COLUMNS} from senders s
    where s.account_id = ${accountId}::uuid and s.id = ${id}::uuid and s.removed_at is null`.execute(db)
  return rows[0]
}

/** By the id alone, for a provider that calls us. Served by senders_id. */
export async function selectSenderById(db: Db, id: string): Promise<SenderRow | undefined> {
  const { rows } = await sql<SenderRow>`
    select ${COLUMNS} from senders s where s.id = ${id}::uuid and s.removed_at is null`.execute(db)
  return rows[0]
}

/** Oldest first; at most `limit`. */
export async function selectSenders(db: Db, accountId: string, limit: number): Promise<SenderRow[]> {
  const { rows } = await sql<SenderRow>`
    select ${COLUMNS} from senders s where s.account_id = ${accountId}::uuid and s.removed_at is null
    order by s.id limit ${limit}::int`.execute(db)
  return rows
}

/** Of all accounts, for sealing anew. */
export async function selectAllSenders(db: Db): Promise<SenderRow[]> {
  const { rows } = await sql<SenderRow>`select ${COLUMNS} from senders s where s.removed_at is null`.execute(db)
  return rows
}

/** The sender that is active for this kind of message. Two look-ups by primary keys. */
export async function selectActiveSender(
  db: Db,
  accountId: string,
  channel: SenderKind,
): Promise<SenderRow | undefined> {
  const { rows } = await sql<SenderRow>`
    select ${COLUMNS} from active_senders v join senders s on s.account_id = v.account_id and s.id = v.sender_id
    where v.account_id = ${accountId}::uuid and v.channel = ${channel}`.execute(db)
  return rows[0]
}

/** Puts a sender in the place of the one that is active: one row a channel, so there are never two. False where it is gone. */
export async function upsertActive(db: Db, accountId: string, id: string): Promise<boolean> {
  const { rows } = await sql`
    insert into active_senders as v (account_id, channel, sender_id)
    select account_id, channel, id from senders
    where account_id = ${accountId}::uuid and id = ${id}::uuid and removed_at is null for update
    on conflict (account_id, channel) do update set sender_id = excluded.sender_id
    returning v.sender_id`.execute(db)
  return rows.length === 1
}

export async function deleteActive(db: Db, accountId: string, id: string): Promise<boolean> {
  const { rows } = await sql`
    delete from active_senders where account_id = ${accountId}::uuid and sender_id = ${id}::uuid returning channel`.execute(
    db,
  )
  return rows.length === 1
}
