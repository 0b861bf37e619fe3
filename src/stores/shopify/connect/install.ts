import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { shopDomain } from '../../../../contract/shopify.ts'
import type { Db } from '../../../db/database.ts'
import { AppError } from '../../../errors.ts'
import { newId } from '../../../lib/ids.ts'
import { seal, unseal } from '../../../lib/seal.ts'
import type { ConnectInput } from './connect-shop.ts'
import { explainFailure } from './explain-failure.ts'
import { type InstallationRow, insertInstallation, takeInstallation } from './installations.sql.ts'
import { SCOPES } from './scopes.ts'
import { requestToken } from './token.ts'

/** Time that a merchant has between asking for the installation and coming back from Shopify. */
const INSTALLATION_MS = 10 * 60_000
/** How far Shopify's clock and ours may be apart in its answer. */
const TIMESTAMP_MS = 5 * 60_000

export type BeginInput = {
  accountId: string
  actor: string
  /** The browser session that begins is the one that must come back. */
  sessionId: string
  domain: string
  name?: string | undefined
  clientId: string
  clientSecret: string
  /** Where Shopify sends the merchant back to. */
  redirectUrl: string
  addressOf: (domain: string) => string
  now: Date
}

/** Begins an installation: where the merchant is to be sent, with a state that counts once and for ten minutes. */
export async function beginInstallation(
  db: Db,
  secret: string,
  input: BeginInput,
): Promise<{ authorizeUrl: string; expiresAt: string }> {
  const id = newId()
  const nonce = randomBytes(24).toString('base64url')
  const expiresAt = new Date(input.now.getTime() + INSTALLATION_MS)
  await insertInstallation(
    db,
    {
      accountId: input.accountId,
      id,
      stateHash: hash(nonce),
      sessionId: input.sessionId,
      actor: input.actor,
      domain: input.domain,
      name: input.name ?? null,
      clientId: input.clientId,
      clientSecret: seal(secret, input.clientSecret),
      expiresAt,
    },
    input.now,
  )
  const url = new URL(`${input.addressOf(input.domain)}/admin/oauth/authorize`)
  url.searchParams.set('client_id', input.clientId)
  url.searchParams.set('scope', SCOPES.map(({ scope }) => scope).join(','))
  url.searchParams.set('redirect_uri', input.redirectUrl)
  url.searchParams.set('state', `${input.accountId}.${id}.${nonce}`)
  return { authorizeUrl: url.href, expiresAt: expiresAt.toISOString() }
}

export type FinishInput = {
  /** What Shopify appended to our address, as it came. */
  query: Record<string, unknown>
  sessionId: string
  addressOf: (domain: string) => string
  now: Date
}

/**
 * What `connectShop` needs, of an installation that came back as it should.
 *
 * Takes what Shopify sends the merchant back with, and exchanges it for a token.
 *
 * In order: the state is ours, of this browser session, unused and in time; the answer is signed with the app's secret, of the
 * shop asked for, and fresh. Throws `shop_installation` with `data.reason`, `shop_refused`, `shop_unavailable`.
 */
export async function finishInstallation(db: Db, secret: string, input: FinishInput): Promise<ConnectInput> {
  const query = readQuery(input.query)
  const row = await takeOwn(db, query.state, input)
  const clientSecret = unseal(secret, row.clientSecret)
  if (!isSigned(query, clientSecret))
    throw notInstalled('signature', 'The answer was not signed with the app’s secret.')
  const domain = shopDomain.safeParse(query.shop)
  if (!domain.success || domain.data !== query.shop || domain.data !== row.domain) {
    throw notInstalled('shop', 'The answer is of another shop than the one that you named.')
  }
  const apartMs = Math.abs(Number(query.timestamp) * 1000 - input.now.getTime())
  if (!(apartMs <= TIMESTAMP_MS)) {
    throw notInstalled('timestamp', 'The answer is too old, or the clock of this server is wrong.')
  }
  const keys = { clientId: row.clientId, clientSecret }
  const token = await exchange(input.addressOf(row.domain), keys, query.code ?? '', row.domain, input.now)
  return {
    accountId: row.accountId,
    actor: row.actor,
    domain: row.domain,
    ...(row.name === null ? {} : { name: row.name }),
    addressOf: input.addressOf,
    access: { auth: 'oauth', ...keys, token },
    now: input.now,
  }
}

type Query = Record<string, string>

/** A parameter that comes twice could be signed as one and read as the other. */
function readQuery(query: Record<string, unknown>): Query {
  const entries = Object.entries(query)
  if (entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')) {
    return Object.fromEntries(entries)
  }
  throw notInstalled('signature', 'The answer names a parameter twice.')
}

async function takeOwn(db: Db, state: string | undefined, input: FinishInput): Promise<InstallationRow> {
  const parts = /^([0-9a-f-]{36})\.([0-9a-f-]{36})\.([\w-]{20,60})$/.exec(state ?? '')
  const [, accountId = '', id = '', nonce = ''] = parts ?? []
  const row = parts
    ? await takeInstallation(db, { accountId, id, stateHash: hash(nonce), sessionId: input.sessionId, now: input.now })
    : undefined
  if (row) return row
  throw notInstalled('state', 'This installation is over, was used, or was begun in another browser. Begin again.')
}

/** The signature is over all other parameters, sorted by name. Source: Shopify, "Authorization code grant", step 3. */
function isSigned({ hmac, ...signed }: Query, clientSecret: string): boolean {
  const message = Object.keys(signed)
    .sort()
    .map((key) => `${key}=${signed[key]}`)
    .join('&')
  const expected = Buffer.from(createHmac('sha256', clientSecret).update(message).digest('hex'))
  const given = Buffer.from(hmac ?? '')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

async function exchange(
  baseUrl: string,
  keys: { clientId: string; clientSecret: string },
  code: string,
  domain: string,
  now: Date,
) {
  try {
    return await requestToken({ baseUrl }, keys, { code, expiring: '1' }, now)
  } catch (error) {
    throw explainFailure(error, domain)
  }
}

function notInstalled(reason: 'state' | 'signature' | 'shop' | 'timestamp', message: string): AppError {
  return new AppError('shop_installation', message, { reason })
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
