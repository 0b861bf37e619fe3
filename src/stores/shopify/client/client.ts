import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '../../../db/database.ts'
import { type GraphqlReply, readReply } from './graphql-reply.ts'
import type { Operation } from './operation.ts'
import { insertPace, type ShopKey, updatePointsTaken, updatePointsTold } from './pace.sql.ts'
import { ShopifyError } from './shopify-error.ts'

/** Version of the Admin API that our documents are written for. Source: emulator/schema/admin-2026-10.graphql. */
export const API_VERSION = '2026-10'

/** A call that takes longer is given up; Shopify itself ends most after 10 s. */
const TIMEOUT_MS = 20_000

/** Times that a call is sent when Shopify certainly did not run it, or when it only reads. */
const ATTEMPTS = 6
const FIRST_WAIT_MS = 250

/** Part of the bucket that work in the background leaves for calls that a person waits for. */
const BACKGROUND_RESERVE = 20

export type ShopAccess = ShopKey & {
  /** `https://shop.myshopify.com`, without a slash at the end. */
  baseUrl: string
  /** A token that is valid now; renewed by whoever gives the access. */
  token: () => Promise<string>
  /** Told of a token that Shopify refused; true where `token` gives another by now, worth a second call. */
  tokenRefused?: (token: string) => Promise<boolean>
}

export type RequestOptions = {
  /** interactive: a person waits, no points are left for others. */
  priority?: 'interactive' | 'background'
  signal?: AbortSignal | undefined
}

export type ShopifyClient = {
  shop: ShopKey
  /**
   * Runs one document within the shop's rate limit, which all processes share.
   *
   * A query is repeated when its reply is lost. A mutation is sent again only when Shopify certainly did not run it
   * (throttled, 429, no connection); where its reply is lost, `ShopifyError` of kind `lost` is thrown and the caller finds out.
   * Throws `ShopifyError`; its kinds say what follows.
   */
  request: <Result, Variables>(
    operation: Operation<Result, Variables>,
    variables: Variables,
    options?: RequestOptions,
  ) => Promise<Result>
}

/** A client of one shop. It holds no state but the costs that it has learned: any number of processes may have one. */
export function createShopifyClient(
  db: Db,
  access: ShopAccess,
  { timeoutMs = TIMEOUT_MS, attempts = ATTEMPTS }: { timeoutMs?: number; attempts?: number } = {},
): ShopifyClient {
  const costs = new Map<string, number>()
  const shop = { accountId: access.accountId, storeId: access.storeId }
  let ready: Promise<void> | undefined

  return {
    shop,
    request: async (operation, variables, options = {}) => {
      ready ??= insertPace(db, shop)
      await ready
      const body = JSON.stringify({ query: operation.text, variables })
      for (let attempt = 1; ; attempt += 1) {
        const cost = costs.get(operation.name) ?? operation.cost
        const waitMs = await updatePointsTaken(
          db,
          shop,
          cost,
          options.priority === 'interactive' ? 0 : BACKGROUND_RESERVE,
        )
        if (waitMs > 0) await sleep(waitMs, undefined, { signal: options.signal })
        const token = await access.token()
        const reply = await send(access.baseUrl, token, body, { timeoutMs, signal: options.signal })
        if (reply.cost) {
          costs.set(operation.name, reply.cost.requestedQueryCost)
          await updatePointsTold(db, shop, reply.cost.throttleStatus, usedOf(reply, cost))
        }
        if (reply.status === 'ok') return reply.data as never
        const isRenewed = reply.error.kind === 'unauthorized' && (await access.tokenRefused?.(token))
        const mayRepeat = isRenewed || reply.mayRepeat || (reply.error.kind === 'lost' && operation.kind === 'query')
        if (!mayRepeat || attempt === attempts) throw reply.error
        await sleep(reply.waitMs ?? backOff(attempt), undefined, { signal: options.signal })
      }
    },
  }
}

/** What a reply says of the points that were taken for it. */
function usedOf(reply: GraphqlReply, taken: number): { charged: number; unused: number } {
  if (reply.status === 'failed' && reply.error.code === 'THROTTLED') return { charged: 0, unused: 0 }
  const charged = reply.cost?.actualQueryCost ?? taken
  return { charged, unused: taken - charged }
}

function backOff(attempt: number): number {
  return FIRST_WAIT_MS * 2 ** (attempt - 1) * (0.75 + Math.random() / 2)
}

/** Sends a document once, outside of the rate limit. Never throws but for an aborted `signal`. */
export async function send(
  baseUrl: string,
  token: string,
  body: string,
  { timeoutMs = TIMEOUT_MS, signal }: { timeoutMs?: number; signal?: AbortSignal | undefined } = {},
): Promise<GraphqlReply> {
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(`${baseUrl}/admin/api/${API_VERSION}/graphql.json`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', 'x-shopify-access-token': token },
      body,
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    })
    return readReply(response.status, response.headers.get('retry-after'), await response.text())
  } catch (cause) {
    signal?.throwIfAborted()
    const isUnconnected = neverConnected(cause)
    const what = isUnconnected ? 'could not be reached' : 'did not answer'
    const error = new ShopifyError(isUnconnected ? 'unavailable' : 'lost', `The shop at ${baseUrl} ${what}.`, { cause })
    return { status: 'failed', error, mayRepeat: isUnconnected }
  }
}

/** Whether no connection came about, so that nothing can have run. */
function neverConnected(error: unknown): boolean {
  const codes = new Set([
    'ECONNREFUSED',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'UND_ERR_CONNECT_TIMEOUT',
  ])
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if ('code' in cause && codes.has(String(cause.code))) return true
  return false
}
