import { randomBytes } from 'node:crypto'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { scope } from '../contract/account.ts'
import { createApiKey } from '../src/accounts/api-keys.ts'
import { createCampaign } from '../src/campaigns/campaigns.ts'
import { type Database, type Db, openDatabase } from '../src/db/database.ts'
import { migrate } from '../src/db/migrate.ts'
import { createTemplate } from '../src/messages/templates.ts'
import { addMembers, createList } from '../src/profiles/lists.ts'
import { createDatabase, dropDatabase } from './postgres.ts'
import { seedAccount, seedCoupon, seedProfiles } from './seed.ts'

/** What a server process works on: a data folder, and a database of its own where Postgres is tested. */
export type Installation = AsyncDisposable & {
  dataDir: string
  /** For `startServer`. */
  environment: Record<string, string>
  /** Opens the database here. Only while no server has it, on PGlite. */
  open: () => Promise<Database>
}

/** An empty installation, or a copy of one that nobody has open. On Postgres where TEST_DATABASE_URL names a server. */
export async function makeInstallation(source?: Installation): Promise<Installation> {
  const server = process.env.TEST_DATABASE_URL
  const dataDir = mkdtempSync(join(tmpdir(), 'onecode-installation-'))
  if (source) cpSync(source.dataDir, dataDir, { recursive: true })
  const name = `kill_${randomBytes(6).toString('hex')}`
  const url = server ? await createDatabase(server, name, source && databaseName(source)) : undefined
  return {
    dataDir,
    environment: { DATA_DIR: dataDir, ...(url ? { DATABASE_URL: url } : {}) },
    open: () => openDatabase({ url, folder: dataDir, connections: 5 }),
    [Symbol.asyncDispose]: async () => {
      if (server) await dropDatabase(server, name)
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

function databaseName(installation: Installation): string {
  return new URL(installation.environment.DATABASE_URL ?? '').pathname.slice(1)
}

export type Shop = { accountId: string; couponId: string; campaignId: string; profileIds: string[]; apiKey: string }

/** An account with people on a list, a coupon with codes, and a draft of a campaign that sends them. Migrates first. */
export async function seedShop(db: Db, { people, codes }: { people: number; codes: number }): Promise<Shop> {
  await migrate(db)
  const now = new Date()
  const account = await seedAccount(db)
  const { accountId } = account
  await sql`update accounts set sender_email = 'shop@linden.example' where id = ${accountId}`.execute(db)
  const coupon = await seedCoupon(db, account, { codes, now })
  const profileIds = await seedProfiles(db, accountId, people)
  const list = await createList(db, { accountId, name: 'Everybody', now })
  await addMembers(db, { accountId, listId: list.id, profileIds, now })
  const template = await createTemplate(db, {
    accountId,
    name: 'Welcome',
    subject: 'Welcome',
    previewText: '',
    html: "<p>Your code</p><p>{% coupon_code 'WELCOME20' %}</p><p>{% unsubscribe %} {{ organization.full_address }}</p>",
    text: "code={% coupon_code 'WELCOME20' %}=code",
    now,
  })
  const campaign = await createCampaign(db, {
    accountId,
    name: 'Welcome',
    audience: { include: [{ kind: 'list', id: list.id }], exclude: [] },
    templateId: template.id,
    now,
  })
  const scopes = scope.options
  const key = await createApiKey(db, {
    accountId,
    actor: 'key:test',
    name: 'Test',
    scopes,
    allowedScopes: new Set(scopes),
    now,
  })
  return { accountId, couponId: coupon.id, campaignId: campaign.id, profileIds, apiKey: key.key }
}
