import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import type { InjectOptions } from 'fastify'
import { sql } from 'kysely'
import type { z } from 'zod'
import type { setupReply } from '../contract/account.ts'
import type { ErrorReply } from '../contract/common.ts'
import type { CreateFirstStore } from '../src/accounts/setup.ts'
import type { ServerDeps } from '../src/api/deps.ts'
import type { ApiApp, ApiDeps } from '../src/api/route.ts'
import { buildServer } from '../src/api/server.ts'
import { openOutbox } from '../src/channels/email/outbox.ts'
import type { Database, Db } from '../src/db/database.ts'
import { pingDatabase } from '../src/db/ping.ts'
import { newId } from '../src/lib/ids.ts'
import { createLogger } from '../src/lib/log.ts'
import { openTestDatabase } from './database.ts'
import { openTestSenders } from './seed-campaign.ts'

export type Answer<Body> = {
  status: number
  body: Body
  text: string
  headers: Record<string, unknown>
  /** The cookies that the answer set, to be sent back. */
  cookie: string
}

export type TestServer = AsyncDisposable & {
  app: ApiApp
  db: Db
  /** Everything that was logged so far. */
  logs: () => string
  /** Calls the server with an API key, with the cookie of an answer, or as nobody. `Body` is what the test expects. */
  call: <Body = ErrorReply>(method: string, url: string, options?: CallOptions) => Promise<Answer<Body>>
}

type Register = (app: ApiApp, deps: ApiDeps) => void

type CallOptions = { key?: string; cookie?: string; body?: unknown; headers?: Record<string, string> }

export const OWNER = {
  email: 'owner@example.com',
  password: 'correct horse battery',
  accountName: 'Linden & Co',
  currency: 'EUR',
  timeZone: 'Europe/Berlin',
}

/** A server over a database of its own, not listening. `register` adds routes; `overrides` changes what it stands on. */
export async function openTestServer(
  register: Register = () => {},
  overrides: Partial<ServerDeps> = {},
): Promise<TestServer> {
  const database = await openTestDatabase()
  const chunks: string[] = []
  const stream = new Writable({ write: (chunk, _encoding, done) => done(void chunks.push(String(chunk)) as undefined) })
  const deps: ServerDeps = {
    db: database.db,
    now: () => new Date(),
    wakeWorker: async () => {},
    emailChannel: 'outbox',
    senders: openTestSenders({ fallback: openOutbox(tmpdir()) }),
    dns: { resolveTxt: async () => [], resolveCname: async () => [] },
    sns: { fetchCertificate: async () => undefined, confirm: async () => false, [Symbol.dispose]: () => {} },
    dataDir: tmpdir(),
    secret: 's'.repeat(32),
    publicUrl: 'http://localhost:4321',
    allowsPrivateAddresses: false,
    addressOf: (domain) => `https://${domain}`,
    demo: undefined,
    logger: createLogger('debug', stream),
    version: '0.0.0',
    trustProxy: false,
    dashboardDir: join(tmpdir(), 'onecode-no-dashboard'),
    isDraining: () => false,
    createFirstStore,
    ...overrides,
  }
  const app = await buildOrClose(database, deps, register)
  return {
    app,
    db: database.db,
    logs: () => chunks.join(''),
    call: (method, url, options) => call(app, method, url, options),
    [Symbol.asyncDispose]: async () => {
      await app.close()
      await closeDatabase(database)
    },
  }
}

/** A server that refuses to start leaves no database open, which would keep the test's process alive. */
async function buildOrClose(database: Database, deps: ServerDeps, register: Register): Promise<ApiApp> {
  try {
    return await buildServer(deps, (app) => register(app, deps))
  } catch (cause) {
    await closeDatabase(database)
    throw cause
  }
}

/** PGlite that is closed while its idle timer runs keeps the process alive; a question stops the timer. */
async function closeDatabase(database: Database): Promise<void> {
  await pingDatabase(database.db, 5000)
  await database[Symbol.asyncDispose]()
}

/** Sets the server up. The answer holds the first API key (every scope) and the owner's cookie. */
export async function setUpOwner(server: TestServer): Promise<{ key: string; cookie: string; accountId: string }> {
  const { body, cookie } = await server.call<z.infer<typeof setupReply>>('POST', '/v1/setup', { body: OWNER })
  return { key: body.apiKey, cookie, accountId: body.accountId }
}

async function call<Body>(app: ApiApp, method: string, url: string, options: CallOptions = {}): Promise<Answer<Body>> {
  const { key, cookie, body, headers } = options
  const isRaw = typeof body === 'string' || Buffer.isBuffer(body)
  const response = await app.inject({
    method: method as NonNullable<InjectOptions['method']>,
    url,
    headers: {
      ...(key ? { authorization: `Bearer ${key}` } : {}),
      ...(cookie ? { cookie, origin: 'http://localhost:4321' } : {}),
      ...(body !== undefined && !isRaw ? { 'content-type': 'application/json' } : {}),
      ...headers,
    },
    ...(body !== undefined ? { payload: isRaw ? body : JSON.stringify(body) } : {}),
  })
  const isJson = String(response.headers['content-type']).startsWith('application/json')
  return {
    status: response.statusCode,
    body: isJson && response.payload !== '' ? JSON.parse(response.payload) : (undefined as Body),
    text: response.payload,
    headers: response.headers,
    cookie: response.cookies.map(({ name, value }) => `${name}=${encodeURIComponent(value)}`).join('; '),
  }
}

const createFirstStore: CreateFirstStore = async (trx, store) => {
  const id = newId()
  await sql`
    insert into stores (account_id, id, name, kind, currency, time_zone, created_at)
    values (${store.accountId}, ${id}, ${store.name}, 'custom', ${store.currency}, ${store.timeZone}, ${store.now})
  `.execute(trx)
  return { id }
}
