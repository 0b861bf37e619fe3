import type { Db } from '../../../db/database.ts'
import type { ShopifyClient } from '../client/client.ts'
import type { StoreKey } from './syncs.sql.ts'

/** Times between steps, in ms. */
export type SyncTiming = {
  /** From a call to the first look at its creation. */
  firstLookMs: number
  /** Between two looks, at least and at most. */
  shortestLookMs: number
  longestLookMs: number
  /** Between two looks where work waits for them: the window still grows, or nothing is left to send. */
  hastyLookMs: number
  /** Before a batch whose outcome is unknown is sent again; twice as long each time. */
  sendAgainMs: number
  mostSendAgainMs: number
  /** Before a store is tried again that nothing comes through to; twice as long each time. */
  blockedMs: number
  mostBlockedMs: number
  /** After which a process counts as gone that said it would send a batch. Longer than a call takes. */
  leaseMs: number
  /** After which a creation that is not done is taken for stuck, and its batch sent again. */
  stuckMs: number
}

/** Source of the looks: shopify.dev and public apps poll every 300 to 500 ms; a creation of 250 codes takes seconds to minutes. */
export const TIMING: SyncTiming = {
  firstLookMs: 300,
  shortestLookMs: 500,
  longestLookMs: 5000,
  hastyLookMs: 150,
  sendAgainMs: 1000,
  mostSendAgainMs: 60_000,
  blockedMs: 5000,
  mostBlockedMs: 300_000,
  leaseMs: 60_000,
  stuckMs: 3_600_000,
}

/** What the steps of a sync share. */
export type SyncRun = {
  db: Db
  client: ShopifyClient
  store: StoreKey
  now: () => Date
  timing: SyncTiming
  signal: AbortSignal | undefined
}
