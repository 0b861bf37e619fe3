import type { Db } from '../../../db/database.ts'
import { deleteWebhooksBefore } from './webhooks.sql.ts'

const DAY_MS = 24 * 3600 * 1000
/** How long a delivery is known, so that it is not applied twice. */
const KEPT_DAYS = 90
const BATCH = 5000

/** Forgets deliveries that were done with 90 days ago, failed ones with their bodies. Returns how many. */
export async function forgetOldWebhooks(db: Db, now: Date): Promise<number> {
  let total = 0
  for (;;) {
    const count = await deleteWebhooksBefore(db, new Date(now.getTime() - KEPT_DAYS * DAY_MS), BATCH)
    total += count
    if (count < BATCH) return total
  }
}
