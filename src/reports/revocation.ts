import { sql } from 'kysely'
import type { Revocation } from '../../contract/codes.ts'

export type RevocationRow = Omit<Revocation, 'at' | 'goneAt'> & { at: string; goneAt: string | null }

/** The revocation of a code `c` as JSON; null without one. Served by the primary key. */
export const REVOCATION_OF_CODE = sql`(
    select json_build_object('reason', v.reason, 'at', v.revoked_at, 'shop', v.shop, 'goneAt', v.gone_at, 'isReplaced', v.replaced_by is not null)
    from revocations v where v.account_id = c.account_id and v.code_id = c.id)`

export function toRevocation(row: RevocationRow | null): Revocation | null {
  if (row === null) return null
  const goneAt = row.goneAt === null ? null : new Date(row.goneAt).toISOString()
  return { ...row, at: new Date(row.at).toISOString(), goneAt }
}
