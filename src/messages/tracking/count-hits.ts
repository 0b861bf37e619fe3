import type { Db } from '../../db/database.ts'
import { settleHits, upsertHit } from './hits.sql.ts'
import { isMachine } from './machines.ts'
import type { LinkToken, MessageIds } from './token.ts'

/** Nobody reads so fast: who calls a mail's pixel or link sooner after it was made is a scanner. */
const TOO_FAST_MS = 5000
/** Calls of a message are judged together: longer than a scanner takes for its links. */
const JUDGED_AFTER_MS = 15_000
const BATCH = 1000

type Caller = { method: string; userAgent: string | undefined; now: Date }

/** Notes that a mail was shown or a link in it called, unless a machine did it. `link` 0 is the pixel. */
export async function noteHit(db: Db, hit: (MessageIds | LinkToken) & Caller): Promise<void> {
  if (hit.method !== 'GET' || isMachine(hit.userAgent)) return
  const { accountId, messageId, now } = hit
  const { link, links } = 'link' in hit ? hit : { link: 0, links: 0 }
  const sentBefore = new Date(now.getTime() - TOO_FAST_MS)
  await upsertHit(db, { accountId, messageId, link, links, now, sentBefore })
}

/** Counts what was noted, set by set: opens and clicks of each message, and an event for the first of each. */
export async function countHits(db: Db, now: Date): Promise<void> {
  const before = new Date(now.getTime() - JUDGED_AFTER_MS)
  while ((await settleHits(db, before, BATCH)) > 0);
}
