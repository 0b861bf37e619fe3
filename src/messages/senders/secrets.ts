import { z } from 'zod'
import type { SenderProvider } from '../../../contract/senders.ts'
import type { Db } from '../../db/database.ts'
import { reseal, seal, unseal } from '../../lib/seal.ts'
import { type SenderKind, selectAllSenders, updateSealed } from './senders.sql.ts'

export type Secrets = Record<string, string>

const secretsShape = z.record(z.string(), z.string())

export function kindOf(provider: SenderProvider): SenderKind {
  return provider === 'twilio' || provider === 'http' ? 'sms' : 'email'
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
  let count = 0
  for (const row of await selectAllSenders(db)) {
    const sealed = reseal(input.secret, row.sealed)
    if (sealed === undefined) continue
    await updateSealed(db, row, sealed)
    count += 1
  }
  return count
}
