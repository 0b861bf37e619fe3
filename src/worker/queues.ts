import { PgBoss } from 'pg-boss'
import type { Logger } from 'pino'
import type { Database } from '../db/database.ts'

/** Work that is written down in rows of ours; a job only says "go on with this row". */
export const QUEUES = [
  'add-codes',
  'run-campaign',
  'send-tests',
  'settle-lost',
  'sync-store',
  'apply-webhooks',
  'reconcile-store',
] as const
export type QueueName = (typeof QUEUES)[number]
export type Work = { accountId: string; id: string }

export type Queues = AsyncDisposable & {
  boss: PgBoss
  /** Says that there is work. Saying it twice is one job; a word that gets lost is found by the worker's look around. */
  wake: (queue: QueueName, work: Work) => Promise<void>
}

/** A worker that was killed is noticed after this long, and its job begun again by another. pg-boss takes no less than 10. */
const HEARTBEAT_SECONDS = 10
/** Longer than any job: handlers stop by themselves after ten minutes and come again. */
const EXPIRE_SECONDS = 3600

/** Opens pg-boss on our database, in a schema of its own. */
export async function openQueues(database: Database, logger: Logger): Promise<Queues> {
  const boss = new PgBoss({
    db: database.boss,
    backend: database.kind,
    schema: 'pgboss',
    monitorIntervalSeconds: HEARTBEAT_SECONDS,
    superviseIntervalSeconds: HEARTBEAT_SECONDS,
  })
  boss.on('error', (error) => logger.error({ err: error }, 'the job queue met an error'))
  await boss.start()
  for (const name of QUEUES) {
    await boss.createQueue(name, {
      policy: 'exclusive',
      retryLimit: 1000,
      retryDelay: 2,
      retryBackoff: true,
      retryDelayMax: 60,
      heartbeatSeconds: HEARTBEAT_SECONDS,
      expireInSeconds: EXPIRE_SECONDS,
      deleteAfterSeconds: 3600,
    })
  }
  return {
    boss,
    wake: async (queue, work) => {
      await boss.send(queue, work, { singletonKey: `${work.accountId}/${work.id}` })
    },
    [Symbol.asyncDispose]: async () => {
      await boss.stop({ graceful: true, timeout: 20_000, close: false })
    },
  }
}

/** Forgets jobs of a process that is gone. Only where no other process can have the database open. */
export async function forgetJobs(queues: Queues): Promise<void> {
  for (const name of QUEUES) await queues.boss.deleteAllJobs(name)
}
