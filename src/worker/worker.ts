import type { Logger } from 'pino'
import { deleteOldIdempotencyKeys } from '../accounts/idempotency.ts'
import { pauseTroubledCampaigns } from '../campaigns/auto-pause.ts'
import { listCampaignsAtWork } from '../campaigns/campaigns.ts'
import { runCampaign } from '../campaigns/run-campaign.ts'
import { settleLost } from '../campaigns/settle-lost.ts'
import { stockBuckets } from '../codes/buckets/stock-buckets.ts'
import { turnBuckets } from '../codes/buckets/turn-buckets.ts'
import { listUnfinishedCodeJobs } from '../codes/code-jobs.ts'
import { expireAssignments } from '../codes/expire.ts'
import { runAddCodes } from '../codes/generate.ts'
import { failAbandonedUploads } from '../codes/upload.ts'
import type { Database, Db } from '../db/database.ts'
import { resealDomains } from '../messages/domains/domains.ts'
import { applyProviderEvents, forgetOldEvents } from '../messages/feedback/apply-events.ts'
import { listSendersToAsk } from '../messages/lost/ask.ts'
import { recoverMessages } from '../messages/recover.ts'
import type { OpenSenders } from '../messages/senders/open-senders.ts'
import { resealSenders } from '../messages/senders/secrets.ts'
import { createMailCache } from '../messages/templates.ts'
import { listTestsAtWork, runTests } from '../messages/test-sends/run-tests.ts'
import { countHits } from '../messages/tracking/count-hits.ts'
import { failAbandonedImports } from '../profiles/import.ts'
import { refreshShops } from '../stores/shopify/connect/check-shop.ts'
import { listStoresToSync } from '../stores/shopify/sync/describe-sync.ts'
import { forgetJobs, QUEUES, type QueueName, type Queues, type Work } from './queues.ts'
import { applyNews, keepShopsHouse, lookAroundShops, reconcile } from './shops.ts'
import { syncStore } from './sync-store.ts'

export type WorkerDeps = {
  database: Database
  queues: Queues
  senders: OpenSenders
  logger: Logger
  publicUrl: string
  secret: string
  leaseMs: number
  now: () => Date
}

/** How often the rows are looked at for work that no job stands for: a lost word, a deferred message, a crash. */
const LOOK_AROUND_MS = 2000
const COUNTING_MS = 5000
const HOUSEKEEPING_MS = 60_000
/** Stores that a process syncs at once; a sync waits for its shop most of the time. */
const SYNCS_AT_ONCE = 10
/** A handler stops after this long and comes again, so that no job lives near pg-boss's time limit. */
const TURN_MS = 10 * 60_000

/** Begins to work on all queues; the returned function stops it: batches at work are finished, nothing new is begun. */
export async function startWorker(deps: WorkerDeps): Promise<() => Promise<void>> {
  const { database, queues } = deps
  const stopping = new AbortController()
  if (database.kind === 'pglite') {
    await forgetJobs(queues)
    await recoverMessages(database.db, deps.now(), true)
  }
  await listen(
    deps,
    'add-codes',
    (work, signal) => runAddCodes(database.db, { ...work, jobId: work.id, now: deps.now, signal }),
    stopping,
  )
  await resealSenders(database.db, { secret: deps.secret })
  await resealDomains(database.db, { secret: deps.secret })
  const mails = createMailCache()
  await listen(
    deps,
    'run-campaign',
    ({ accountId, id }, stop) =>
      deps.senders.withSenders(database.db, accountId, (inUse, changed) => {
        const signal = AbortSignal.any([stop, changed])
        return runCampaign(database.db, { ...deps, ...inUse, mails, accountId, campaignId: id, signal })
      }),
    stopping,
  )
  await listen(
    deps,
    'send-tests',
    ({ accountId, id }, stop) =>
      deps.senders.withSenders(database.db, accountId, (inUse, changed) => {
        const signal = AbortSignal.any([stop, changed])
        return runTests(database.db, { ...deps, ...inUse, mails, accountId, templateVersionId: id, signal })
      }),
    stopping,
  )
  await listen(
    deps,
    'settle-lost',
    ({ accountId, id }, signal) => settleLost(database.db, { ...deps, mails, accountId, senderId: id, signal }),
    stopping,
  )
  await listen(deps, 'sync-store', (work, signal) => syncStore(deps, work, signal), stopping, SYNCS_AT_ONCE)
  await listen(deps, 'apply-webhooks', (work, signal) => applyNews(deps, work, signal), stopping)
  await listen(deps, 'reconcile-store', (work, signal) => reconcile(deps, work, signal), stopping)
  const timers = [
    repeat(deps, 'look around', LOOK_AROUND_MS, stopping.signal, () => lookAround(database.db, queues, deps.now())),
    repeat(deps, 'hearing providers', LOOK_AROUND_MS, stopping.signal, () => hearProviders(database.db, deps.now())),
    repeat(deps, 'counting opens and clicks', COUNTING_MS, stopping.signal, () => countHits(database.db, deps.now())),
    repeat(deps, 'housekeeping', HOUSEKEEPING_MS, stopping.signal, () => keepHouse(database.db, deps.now())),
    repeat(deps, 'reading facts of shops', HOUSEKEEPING_MS, stopping.signal, () => readFactsOfShops(deps)),
  ]
  return async () => {
    stopping.abort()
    await Promise.all(timers)
    await Promise.all(QUEUES.map((name) => queues.boss.offWork(name, { wait: true })))
  }
}

async function listen(
  deps: WorkerDeps,
  name: QueueName,
  handle: (work: Work, signal: AbortSignal) => Promise<unknown>,
  stopping: AbortController,
  localConcurrency = 2,
): Promise<void> {
  await deps.queues.boss.work<Work>(
    name,
    { pollingIntervalSeconds: 0.5, localConcurrency, batchSize: 1 },
    async ([job]) => {
      if (!job) return
      try {
        await handle(job.data, AbortSignal.any([stopping.signal, AbortSignal.timeout(TURN_MS)]))
      } catch (error) {
        deps.logger.error({ err: error, queue: name, id: job.data.id }, 'a job failed and will be tried again')
        throw error
      }
    },
  )
}

/** Gives every unfinished row that has something to do a job; where one stands already, nothing happens. */
async function lookAround(db: Db, queues: Queues, now: Date): Promise<void> {
  for (const work of await listUnfinishedCodeJobs(db)) await queues.wake('add-codes', work)
  for (const work of await listCampaignsAtWork(db, now)) await queues.wake('run-campaign', work)
  for (const work of await listTestsAtWork(db, now)) await queues.wake('send-tests', work)
  for (const work of await listSendersToAsk(db, now)) await queues.wake('settle-lost', work)
  for (const work of await listStoresToSync(db, now)) await queues.wake('sync-store', work)
  await lookAroundShops(db, queues, now)
}

/** Applies what providers told and pauses what goes wrong. On its own, so that no report can keep work from being found. */
async function hearProviders(db: Db, now: Date): Promise<void> {
  await applyProviderEvents(db, now)
  await pauseTroubledCampaigns(db, { now })
}

async function keepHouse(db: Db, now: Date): Promise<void> {
  await expireAssignments(db, now)
  await stockBuckets(db, now)
  await turnBuckets(db, now)
  await recoverMessages(db, now)
  await failAbandonedImports(db, now)
  await failAbandonedUploads(db, now)
  await deleteOldIdempotencyKeys(db, { now })
  await forgetOldEvents(db, now)
  await keepShopsHouse(db, now)
}

/** On its own, since a shop that does not answer takes its time. */
async function readFactsOfShops({ database, secret, logger, now }: WorkerDeps): Promise<void> {
  await refreshShops(database.db, secret, now(), (shop, error) =>
    logger.warn({ err: error, storeId: shop.storeId }, 'the facts of a shop could not be read, and will be in an hour'),
  )
}

/** Runs `work` now and then again `everyMs` after it ended, until stopped. A failure is logged and does not end it. */
async function repeat(
  deps: WorkerDeps,
  what: string,
  everyMs: number,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await work()
    } catch (error) {
      deps.logger.error({ err: error }, `${what} failed and will be tried again`)
    }
    await sleep(everyMs, signal)
  }
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  signal.addEventListener('abort', () => resolve(), { once: true })
  await promise
  clearTimeout(timer)
}
