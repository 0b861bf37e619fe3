import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { DestinationStream } from 'pino'
import type { ServerDeps } from './api/deps.ts'
import { registerRoutes } from './api/routes.ts'
import { buildServer } from './api/server.ts'
import type { EmailChannel } from './channels/email/email-channel.ts'
import { openOutbox } from './channels/email/outbox.ts'
import { openSmtp, parseSmtpUrl } from './channels/email/smtp.ts'
import { openSmsOutbox } from './channels/sms/outbox.ts'
import type { Config } from './config.ts'
import { type Db, openDatabase } from './db/database.ts'
import { migrate } from './db/migrate.ts'
import { createLogger } from './lib/log.ts'
import { ensureSecret } from './lib/secret.ts'
import { createStore } from './stores/create-store.ts'
import { openQueues } from './worker/queues.ts'
import { startWorker } from './worker/worker.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

export type Role = 'api' | 'worker' | 'all'
export type AppOptions = {
  role?: Role
  /** Stands in for the channel of the configuration. */
  channel?: EmailChannel
  now?: () => Date
  /** Where the log goes; standard output by default. */
  logTo?: DestinationStream
}

export type App = AsyncDisposable & { db: Db; url: string; dataDir: string }

/** Reads the version of this program. */
export function readVersion(): string {
  return (JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { version: string }).version
}

/**
 * Opens everything, in order: database, migrations, queues, mail, worker, HTTP. Disposing it closes everything in the reverse
 * order: no new requests, the batches at work are finished, then the database is closed.
 */
export async function openApp(config: Config, options: AppOptions = {}): Promise<App> {
  const { role = 'all', now = () => new Date() } = options
  const dataDir = resolve(config.dataDir)
  const logger = createLogger(config.logLevel, options.logTo)
  await using stack = new AsyncDisposableStack()
  const database = stack.use(
    await openDatabase({
      url: config.databaseUrl,
      folder: dataDir,
      connections: config.databaseConnections,
      onIdleError: (error) => logger.warn({ err: error }, 'an idle database connection broke and was replaced'),
    }),
  )
  for (const name of await migrate(database.db)) logger.info({ migration: name }, 'migrated')
  const secret = ensureSecret({ secret: config.secret, dataDir })
  const channel = stack.use(options.channel ?? openChannel(config, dataDir))
  const smsChannel = stack.use(openSmsOutbox(dataDir))
  const queues = stack.use(await openQueues(database, logger))
  const publicUrl = config.publicUrl ?? `http://localhost:${config.port}`
  let isDraining = false
  const deps: ServerDeps = {
    db: database.db,
    now,
    wakeWorker: queues.wake,
    emailChannel: channel.name === 'outbox' ? 'outbox' : 'smtp',
    dataDir,
    secret,
    publicUrl,
    logger,
    version: readVersion(),
    trustProxy: config.trustProxy,
    dashboardDir: `${ROOT}dashboard/dist`,
    isDraining: () => isDraining,
    createFirstStore: (trx, store) =>
      createStore(trx, { ...store, kind: 'custom', url: null, sellsSubscriptions: false }),
  }
  // Before the worker: a backlog that it finds keeps the processor busy, and Fastify gives each plugin 10 s to load.
  const server = await buildServer(deps, (api) => registerRoutes(api, deps))
  if (role !== 'api') {
    const facts = {
      database,
      queues,
      channel,
      smsChannel,
      logger,
      publicUrl,
      secret,
      leaseMs: config.messageLeaseMs,
      now,
    }
    stack.defer(await startWorker(facts))
  }
  stack.defer(() => server.close())
  const url = await server.listen({ port: config.port, host: config.host })
  const opened = stack.move()
  return {
    db: database.db,
    url,
    dataDir,
    [Symbol.asyncDispose]: async () => {
      isDraining = true
      await opened.disposeAsync()
    },
  }
}

function openChannel(config: Config, dataDir: string): EmailChannel {
  return config.smtpUrl ? openSmtp(parseSmtpUrl(config.smtpUrl, config.smtpConnections)) : openOutbox(dataDir)
}
