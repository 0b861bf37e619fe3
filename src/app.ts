import { Resolver } from 'node:dns/promises'
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
import { openSnsClient } from './channels/webhooks/sns-client.ts'
import type { Config } from './config.ts'
import { type Db, openDatabase } from './db/database.ts'
import { migrate } from './db/migrate.ts'
import { createLogger } from './lib/log.ts'
import { ensureSecret } from './lib/secret.ts'
import { createSenders } from './messages/senders/open-senders.ts'
import { createStore } from './stores/create-store.ts'
import { addressesOf, type DemoShop } from './stores/shopify/connect/demo-shop.ts'
import { openQueues } from './worker/queues.ts'
import { startWorker } from './worker/worker.ts'

/** How long a name server may take. */
const DNS_TIMEOUT_MS = 3000

const ROOT = fileURLToPath(new URL('..', import.meta.url))

export type Role = 'api' | 'worker' | 'all'
export type AppOptions = {
  role?: Role
  /** Stands in for the channel of the configuration. */
  channel?: EmailChannel
  now?: () => Date
  /** The local Shopify that was started beside this server. */
  demo?: DemoShop | undefined
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
  const fallback = options.channel ?? openChannel(config, dataDir)
  const publicUrl = config.publicUrl ?? `http://localhost:${config.port}`
  const { allowsPrivateAddresses, twilioBaseUrl } = config
  const smsFacts = { secret, publicUrl, allowsPrivateAddresses, twilioBaseUrl }
  const senders = stack.use(createSenders({ fallback, smsFallback: openSmsOutbox(dataDir), ...smsFacts }))
  const queues = stack.use(await openQueues(database, logger))
  let isDraining = false
  const deps: ServerDeps = {
    db: database.db,
    now,
    wakeWorker: queues.wake,
    emailChannel: fallback.name === 'outbox' ? 'outbox' : 'smtp',
    senders,
    sns: stack.use(openSnsClient()),
    dns: new Resolver({ timeout: DNS_TIMEOUT_MS, tries: 2 }),
    dataDir,
    secret,
    publicUrl,
    allowsPrivateAddresses,
    addressOf: addressesOf({ shopifyBaseUrl: config.shopifyBaseUrl, demo: options.demo }),
    demo: options.demo,
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
    const leaseMs = config.messageLeaseMs
    stack.defer(await startWorker({ database, queues, senders, logger, publicUrl, secret, leaseMs, now }))
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
