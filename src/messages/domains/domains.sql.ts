import { sql } from 'kysely'
import type { DnsCheck } from '../../../contract/domains.ts'
import type { Db } from '../../db/database.ts'

export type DomainRow = {
  accountId: string
  domain: string
  selector: string
  publicKey: string
  sealed: string
  checkedAt: Date | null
  checks: DnsCheck[] | null
  verifiedAt: Date | null
}

const COLUMNS =
  sql.raw(`account_id as "accountId", domain, selector, public_key as "publicKey", sealed, checked_at as "checkedAt",
  checks, verified_at as "verifiedAt"`)

export async function selectDomain(db: Db, accountId: string, domain: string): Promise<DomainRow | undefined> {
  const { rows } = await sql<DomainRow>`
    select ${COLUMNS} from sending_domains where account_id = ${accountId}::uuid and domain = ${domain}`.execute(db)
  return rows[0]
}

/** Of all accounts, for sealing anew. */
export async function selectAllDomains(db: Db): Promise<DomainRow[]> {
  const { rows } = await sql<DomainRow>`select ${COLUMNS} from sending_domains where sealed <> ''`.execute(db)
  return rows
}

/** Gives a domain its key, unless it has one: two at once keep the first. */
export async function insertKey(
  db: Db,
  row: Pick<DomainRow, 'accountId' | 'domain' | 'selector' | 'publicKey' | 'sealed'> & { now: Date },
): Promise<void> {
  await sql`
    insert into sending_domains as d (account_id, domain, selector, public_key, sealed, created_at)
    values (${row.accountId}::uuid, ${row.domain}, ${row.selector}, ${row.publicKey}, ${row.sealed}, ${row.now})
    on conflict (account_id, domain) do update set selector = excluded.selector, public_key = excluded.public_key, sealed = excluded.sealed
      where d.sealed = ''`.execute(db)
}

export async function updateSealedKey(db: Db, row: DomainRow, sealed: string): Promise<void> {
  await sql`
    update sending_domains set sealed = ${sealed}
    where account_id = ${row.accountId}::uuid and domain = ${row.domain} and sealed = ${row.sealed}`.execute(db)
}

/** Keeps what the DNS said; a domain without a key of ours has a row without one. */
export async function upsertChecks(
  db: Db,
  input: { accountId: string; domain: string; checks: readonly DnsCheck[]; isVerified: boolean; now: Date },
): Promise<void> {
  await sql`
    insert into sending_domains as d (account_id, domain, selector, public_key, sealed, created_at, checked_at, checks, verified_at)
    values (${input.accountId}::uuid, ${input.domain}, '', '', '', ${input.now}, ${input.now}, ${JSON.stringify(input.checks)}::jsonb,
      ${input.isVerified ? input.now : null}::timestamptz)
    on conflict (account_id, domain) do update set checked_at = excluded.checked_at, checks = excluded.checks,
      verified_at = case when excluded.verified_at is null then null else coalesce(d.verified_at, excluded.verified_at) end`.execute(
    db,
  )
}
