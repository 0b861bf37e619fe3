import type { Store } from '../../../../contract/coupons.ts'
import { recordAudit } from '../../../accounts/audit.ts'
import type { Db } from '../../../db/database.ts'
import { inTransaction } from '../../../db/transaction.ts'
import { AppError } from '../../../errors.ts'
import { seal } from '../../../lib/seal.ts'
import { createStore } from '../../create-store.ts'
import { requireStore } from '../../find-store.ts'
import { updateStore } from '../../update-store.ts'
import { send } from '../client/client.ts'
import type { Operation } from '../client/operation.ts'
import { explainFailure } from './explain-failure.ts'
import { readFacts, type ShopFacts } from './read-facts.ts'
import { requireScopes } from './scopes.ts'
import { lockAccount, selectShop, selectShopOfDomain, upsertShop } from './shops.sql.ts'
import { requestToken, type Token } from './token.ts'

/** How the merchant lets us in. `clientSecret` signs webhooks; a pasted token may come without. */
export type ShopAccess =
  | { auth: 'token'; accessToken: string; clientSecret: string | null }
  | { auth: 'client_credentials'; clientId: string; clientSecret: string }
  | { auth: 'oauth'; clientId: string; clientSecret: string; token: Token }

export type ConnectInput = {
  accountId: string
  /** For the audit log. */
  actor: string
  /** The store to connect again; left out: the one of this shop, else a new one. */
  storeId?: string | undefined
  /** Name of a new store; left out: the shop's own. */
  name?: string | undefined
  /** `name.myshopify.com`, checked. */
  domain: string
  /** Where that shop answers. Never taken from a request. */
  addressOf: (domain: string) => string
  access: ShopAccess
  now: Date
}

/** A person waits; Shopify answers such calls within a second. */
const TIMEOUT_MS = 15_000

/**
 * Connects a shop to an account, as a new store or again as the store that it was: coupons, codes and history stay with it.
 *
 * Nothing is stored unless the shop let us in, gave its facts and the rights that codes need. Throws `shop_refused`,
 * `shop_unavailable`, `shop_scope_missing`, `shop_currency_changed`, `store_not_found`, `name_taken`.
 */
export async function connectShop(
  db: Db,
  secret: string,
  input: ConnectInput,
): Promise<{ store: Store; isNew: boolean }> {
  const { facts, token } = await askShop(input)
  requireScopes(facts.scopes)
  return await inTransaction(db, async (trx) => {
    await lockAccount(trx, input.accountId) // whoever connects the same shop in the same moment finds it connected
    return await storeShop(trx, secret, input, facts, token)
  })
}

async function askShop(input: ConnectInput): Promise<{ facts: ShopFacts; token: Token }> {
  const baseUrl = input.addressOf(input.domain)
  try {
    const token = await tokenOf(baseUrl, input)
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const request = <Result, Variables>(operation: Operation<Result, Variables>, variables: Variables) =>
      askOnce<Result>(baseUrl, token.accessToken, JSON.stringify({ query: operation.text, variables }), signal)
    return { facts: await readFacts({ request }, signal), token }
  } catch (error) {
    throw explainFailure(error, input.domain)
  }
}

async function tokenOf(baseUrl: string, { access, now }: ConnectInput): Promise<Token> {
  if (access.auth === 'oauth') return access.token
  if (access.auth === 'token') return { accessToken: access.accessToken, refreshToken: null, expiresAt: null }
  return await requestToken({ baseUrl }, access, { grant_type: 'client_credentials' }, now)
}

/** There is no store yet whose rate limit could count these two small calls. */
async function askOnce<Result>(baseUrl: string, token: string, body: string, signal: AbortSignal): Promise<Result> {
  const reply = await send(baseUrl, token, body, { signal })
  if (reply.status === 'failed') throw reply.error
  return reply.data as Result
}

async function storeShop(
  trx: Db,
  secret: string,
  input: ConnectInput,
  facts: ShopFacts,
  token: Token,
): Promise<{ store: Store; isNew: boolean }> {
  const known = await findKnown(trx, input, facts)
  const store = known ? await refreshStore(trx, input.accountId, known, facts) : await makeStore(trx, input, facts)
  const { access } = input
  const isStored = await upsertShop(trx, input.accountId, {
    storeId: store.id,
    domain: facts.domain,
    baseUrl: input.addressOf(facts.domain),
    auth: access.auth,
    clientId: access.auth === 'token' ? null : access.clientId,
    clientSecret: access.clientSecret === null ? null : seal(secret, access.clientSecret),
    accessToken: seal(secret, token.accessToken),
    refreshToken: token.refreshToken === null ? null : seal(secret, token.refreshToken),
    tokenExpiresAt: token.expiresAt,
    scopes: facts.scopes,
    plan: facts.plan,
    seesCustomers: facts.seesCustomers,
    now: input.now,
  })
  if (!isStored) {
    throw new AppError('shop_refused', 'Another store of this account is connected to this shop. Connect it there.', {
      domain: facts.domain,
    })
  }
  await recordAudit(trx, {
    accountId: input.accountId,
    actor: input.actor,
    action: known ? 'store.reconnected' : 'store.connected',
    subject: `store:${store.id}`,
    data: { domain: facts.domain, method: access.auth },
    now: input.now,
  })
  return { store, isNew: !known }
}

/** The id of the store that is to be connected again. */
async function findKnown(trx: Db, input: ConnectInput, facts: ShopFacts): Promise<string | undefined> {
  if (input.storeId === undefined) return (await selectShopOfDomain(trx, input.accountId, facts.domain))?.storeId
  const { storeId, accountId } = input
  const shop = await selectShop(trx, { accountId, storeId })
  if (shop?.domain === facts.domain) return storeId
  await requireStore(trx, { accountId, storeId })
  throw new AppError(
    'shop_refused',
    shop
      ? `This store is the shop ${shop.domain}, not ${facts.domain}. Connect the other shop as a store of its own.`
      : 'This store is a custom shop. Connect the Shopify shop as a store of its own.',
    { domain: facts.domain },
  )
}

async function refreshStore(trx: Db, accountId: string, storeId: string, facts: ShopFacts): Promise<Store> {
  const store = await requireStore(trx, { accountId, storeId })
  requireSameCurrency(store, facts.currency)
  const { url, timeZone, sellsSubscriptions } = facts
  return await updateStore(trx, { accountId, storeId, url, timeZone, sellsSubscriptions })
}

/** A store's currency is for good: amounts already stored are in it. Throws `shop_currency_changed`. */
export function requireSameCurrency(store: Pick<Store, 'currency'>, currency: string): void {
  if (store.currency === currency) return
  throw new AppError(
    'shop_currency_changed',
    `This store's coupons and orders are in ${store.currency}, but the shop now sells in ${currency}. Set the shop back to ${store.currency}, or use another account for the new currency.`,
    { currency: store.currency, shopCurrency: currency },
  )
}

/** Named as asked, else as the shop is, with the domain where another store has that name. */
async function makeStore(trx: Db, input: ConnectInput, facts: ShopFacts): Promise<Store> {
  const { url, currency, timeZone, sellsSubscriptions } = facts
  const store = { accountId: input.accountId, kind: 'shopify' as const, url, currency, timeZone, sellsSubscriptions }
  try {
    return await createStore(trx, { ...store, name: input.name ?? facts.name, now: input.now })
  } catch (error) {
    const isOwnName = input.name === undefined && error instanceof AppError && error.code === 'name_taken'
    if (!isOwnName) throw error
    return await createStore(trx, { ...store, name: `${facts.name} (${facts.domain})`, now: input.now })
  }
}
