import { z } from 'zod'
import type { SenderProvider } from '../../../contract/senders.ts'
import type { Db } from '../../db/database.ts'
import { seal, unseal } from '../../lib/seal.ts'
import { splitSecrets } from '../../lib/secret.ts'
import { type SenderKind, selectAllSenders, updateSealed } from './senders.sql.ts'

export type Secrets = Record<string, string>

const secretsShape = z.record(z.string(), z.string())

export function kindOf(provider: SenderProvider): SenderKind {
  return provider === 'twilio' ? 'sms' : 'email'
}

export function sealSecrets(secret: string, secrets: Secrets): string {
  return seal(secret, JSON.stringify(secrets))
}

/** Throws when the installation's secret is another one than it was sealed with. */
export function openSecrets(secret: string, sealed: string): Secrets {
  return secretsShape.parse(JSON.parse(unseal(secret, sealed)))
}

/** What is kept after a change: what is not given stays, null goes. */
export function withSecrets(before: Secrets, given: Record<string, string | null | undefined>): Secrets {
  const after: Secrets = { ...before }
  for (const [name, value] of Object.entries(given)) {
    if (value === null) delete after[name]
    else if (value !== undefined) after[name] = value
  }
  return after
}

/**
 * Seals with the newest of the installation's secrets what an older one sealed, so that the older one can go. What none of them
 * opens is left as it is. Returns how many.
 */
export async function resealSenders(db: Db, input: { secret: string }): Promise<number> {
  const [newest, ...older] = splitSecrets(input.secret)
  if (older.length === 0) return 0
  let sealed = 0
  for (const row of await selectAllSenders(db)) {
    if (opens(newest, row.sealed) || !opens(input.secret, row.sealed)) continue
    await updateSealed(db, row, sealSecrets(newest, openSecrets(input.secret, row.sealed)))
    sealed += 1
  }
  return sealed
}

function opens(secret: string, sealed: string): boolean {
  try {
    unseal(secret, sealed)
    return true
  } catch {
    return false
  }
}
