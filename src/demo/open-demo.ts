import { once } from 'node:events'
import { createWriteStream, mkdirSync, mkdtempSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { setUp } from '../accounts/setup.ts'
import { openApp } from '../app.ts'
import { type Client, openClient } from '../cli/lib/client.ts'
import { readConfig } from '../config.ts'
import type { Db } from '../db/database.ts'
import { createStore } from '../stores/create-store.ts'

export type Demo = AsyncDisposable & { client: Client; db: Db; url: string; dataDir: string }

/** A folder of its own for the demo's data, its log and its mails. */
export function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'onecode-demo-'))
}

/** The whole server on a free port with its data in `folder`, an owner, and a client with the owner's first API key. */
export async function openDemo(folder: string): Promise<Demo> {
  const dataDir = join(folder, 'data')
  mkdirSync(dataDir)
  const config = readConfig({ PORT: String(await findFreePort()), DATA_DIR: dataDir })
  const log = createWriteStream(join(folder, 'server.log'))
  const app = await openApp(config, { logTo: log })
  const owner = {
    email: 'owner@example.com',
    password: 'only for this demo',
    accountName: 'Linden & Co',
    currency: 'EUR',
    timeZone: 'Europe/Berlin',
    now: new Date(),
  }
  const { apiKey } = await setUp(app.db, owner, (trx, store) =>
    createStore(trx, { ...store, kind: 'custom', url: null, sellsSubscriptions: false }),
  )
  return {
    client: openClient({ url: app.url, apiKey }),
    db: app.db,
    url: app.url,
    dataDir,
    [Symbol.asyncDispose]: async () => {
      await app[Symbol.asyncDispose]()
      await finished(log.end())
    },
  }
}

async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('no free port was found')
  return address.port
}
