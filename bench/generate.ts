import { sql } from 'kysely'
import { Client } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { makeCode } from '../src/codes/format.ts'
import { addCodes, runAddCodes } from '../src/codes/generate.ts'
import { countAvailable } from '../src/codes/pool.ts'
import type { Database } from '../src/db/database.ts'
import { newId } from '../src/lib/ids.ts'
import { seedAccount, seedCoupon } from '../test/seed.ts'
import { atMost, type BenchOptions, type BenchResult, describeMachine, round } from './result.ts'

/** Seconds and memory for codes made, stored and usable, beside a bare COPY of the same rows into a table with the same keys. */
export async function run({ database, quick }: BenchOptions): Promise<BenchResult> {
  const count = quick ? 20_000 : 1_000_000
  const { db } = database
  const account = await seedAccount(db)
  const coupon = await seedCoupon(db, account)
  const watch = watchMemory()
  const began = performance.now()
  const job = await addCodes(db, { ...account, coupon: coupon.id, count, now: new Date() })
  await runAddCodes(db, { ...account, jobId: job.id, now: () => new Date() })
  const seconds = (performance.now() - began) / 1000
  const residentMiB = watch.stop()
  const available = await countAvailable(db, { ...account, coupon: coupon.id, now: new Date() })
  if (available !== count) throw new Error(`${available} of ${count} codes are usable`)

  const bareSeconds = await measureBare(database, count)
  return {
    name: 'generate',
    machine: describeMachine(database),
    results: {
      codes: count,
      seconds: round(seconds),
      perSecond: Math.round(count / seconds),
      residentMiB,
      bareSeconds,
      bare: database.kind === 'postgres' ? 'COPY' : 'insert … unnest',
    },
    bars: [
      atMost('seconds', seconds, 20),
      atMost('residentMiB', residentMiB, database.kind === 'postgres' ? 300 : 1024),
      atMost('ratioToBare', seconds / bareSeconds, 4),
    ],
  }
}

const BARE_TABLE = `create table bare (account_id uuid, id uuid, pool_id uuid, store_id uuid, position bigint, code text, state text, primary key (account_id, id));
create unique index on bare (account_id, store_id, code); create unique index on bare (account_id, pool_id, position)`

async function measureBare(database: Database, count: number): Promise<number> {
  for (const statement of BARE_TABLE.split(';')) await sql.raw(statement).execute(database.db)
  const [account, pool, store] = [newId(), newId(), newId()]
  const began = performance.now()
  if (database.url) await copyRows(database, count, account, pool, store)
  else await insertRows(database, count, account, pool, store)
  return round((performance.now() - began) / 1000)
}

async function copyRows(
  database: Database,
  count: number,
  account: string,
  pool: string,
  store: string,
): Promise<void> {
  if (!database.url) throw new Error('COPY needs the address of the database')
  const client = new Client({ connectionString: database.url })
  await client.connect()
  const stream = client.query(copyFrom('copy bare from stdin'))
  for (let i = 0; i < count; i += 1000) {
    let text = ''
    for (let j = 1; j <= 1000; j += 1)
      text += `${account}\t${newId()}\t${pool}\t${store}\t${i + j}\t${makeCode('WELCOME20', 11)}\tlive\n`
    if (!stream.write(text)) await new Promise((resolve) => stream.once('drain', resolve))
  }
  await new Promise<void>((resolve, reject) => {
    stream.on('finish', resolve).on('error', reject)
    stream.end()
  })
  await client.end()
}

async function insertRows(
  database: Database,
  count: number,
  account: string,
  pool: string,
  store: string,
): Promise<void> {
  for (let i = 0; i < count; i += 10_000) {
    const codes = Array.from({ length: 10_000 }, () => makeCode('WELCOME20', 11))
    await sql`
      insert into bare select ${account}::uuid, g.id, ${pool}::uuid, ${store}::uuid, ${i} + g.nth, g.code, 'live'
      from unnest(${codes.map(() => newId())}::uuid[], ${codes}::text[]) with ordinality as g (id, code, nth)`.execute(
      database.db,
    )
  }
}

/** Highest resident memory of this process in MiB from now until `stop`. */
function watchMemory(): { stop: () => number } {
  let most = 0
  const look = (): void => {
    most = Math.max(most, process.memoryUsage.rss())
  }
  const timer = setInterval(look, 50)
  return {
    stop: () => {
      look()
      clearInterval(timer)
      return Math.round(most / 2 ** 20)
    },
  }
}
