import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Role, Scope } from '../../contract/account.ts'
import type { SnsClient } from '../channels/webhooks/sns-client.ts'
import type { Db } from '../db/database.ts'
import type { Dns } from '../messages/domains/check-records.ts'
import type { OpenSenders } from '../messages/senders/open-senders.ts'
import type { DemoShop } from '../stores/shopify/connect/demo-shop.ts'

/** Who calls: a person in the dashboard or an API key. Every route reads the account from here, never from the input. */
export type Caller = {
  accountId: string
  /** For the audit log: `user:<id>` or `key:<id>`. */
  actor: string
  scopes: ReadonlySet<Scope>
  /** Null for an API key. */
  role: Role | null
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the caller must be allowed to do. `public`: no caller needed. Every route names one; the server refuses to start otherwise. */
    scope?: Scope | 'public'
    /** True: the route creates something and takes an `Idempotency-Key` header. */
    idempotent?: boolean
  }
  interface FastifyRequest {
    /** Set by the server before the handler of every route that is not public. */
    caller: Caller
  }
}

export type ApiApp = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>

/** What routes need of the composition root. */
export type ApiDeps = {
  db: Db
  now: () => Date
  /** Wakes the worker after work was written down; the work is found without it, later. */
  wakeWorker: (
    queue: 'add-codes' | 'run-campaign' | 'send-tests' | 'sync-store' | 'reconcile-store',
    id: { accountId: string; id: string },
  ) => Promise<void>
  /** What sends email for accounts without an active sender. */
  emailChannel: 'outbox' | 'smtp'
  senders: OpenSenders
  sns: SnsClient
  dns: Dns
  /** Absolute path of the data folder: the outbox lies in it. */
  dataDir: string
  secret: string
  publicUrl: string
  /** Whether accounts may set up SMS services at addresses inside the own network. */
  allowsPrivateAddresses: boolean
  /** Where the Shopify shop of a domain answers. */
  addressOf: (domain: string) => string
  /** The local Shopify that runs beside this server, where one does. */
  demo: DemoShop | undefined
}
