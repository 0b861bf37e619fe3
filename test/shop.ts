import { type Emulator, type EmulatorOptions, openEmulator } from '../emulator/emulator.ts'
import type { Database, Db } from '../src/db/database.ts'
import { pingDatabase } from '../src/db/ping.ts'
import type { ShopifyClient } from '../src/stores/shopify/client/client.ts'
import { connectShop } from '../src/stores/shopify/connect/connect-shop.ts'
import { openShop as openConnectedShop } from '../src/stores/shopify/connect/open-shop.ts'
import { openTestDatabase } from './database.ts'
import { seedAccount } from './seed-redemptions.ts'

/** The installation's secret in tests. */
export const SECRET = 's'.repeat(32)

export type TestShop = {
  emulator: Emulator
  db: Db
  accountId: string
  storeId: string
  client: ShopifyClient
}

type Scope = { after: (work: () => Promise<void>) => void }
export type TestShopOptions = EmulatorOptions & {
  /** One database for several shops; left out, one of its own that is closed with the test. */
  database?: Database
  now?: Date
}

/**
 * A local Shopify and a store that is connected to it, in an account of its own; closed after the test.
 *
 * `t` is the test's context or, in a `before` hook, `{ after }`. Codes are imported without limit unless `codesPerSecond` is given.
 */
export async function openShop(t: Scope, options: TestShopOptions = {}): Promise<TestShop> {
  const { database, now, ...more } = options
  const { db } = database ?? (await openDatabaseOf(t))
  const emulator = await openEmulator({ codesPerSecond: 0, ...more })
  t.after(() => emulator.close())
  const accountId = await seedAccount(db)
  const { store } = await connectShop(db, SECRET, {
    accountId,
    actor: 'system',
    domain: emulator.shopDomain,
    addressOf: () => emulator.url,
    access: { auth: 'token', accessToken: emulator.adminToken, clientSecret: emulator.clientSecret },
    now: now ?? new Date(),
  })
  const client = await openConnectedShop(db, SECRET, { accountId, storeId: store.id })
  return { emulator, db, accountId, storeId: store.id, client }
}

/** PGlite that is closed while its idle timer runs keeps the process alive; a question stops the timer. */
async function openDatabaseOf(t: Scope): Promise<Database> {
  const database = await openTestDatabase()
  t.after(async () => {
    await pingDatabase(database.db, 5000)
    await database[Symbol.asyncDispose]()
  })
  return database
}
