import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '../../../db/database.ts'
import { AppError } from '../../../errors.ts'
import { seal, unseal } from '../../../lib/seal.ts'
import { createShopifyClient, type ShopifyClient } from '../client/client.ts'
import { ShopifyError } from '../client/shopify-error.ts'
import {
  claimRenewal,
  releaseRenewal,
  type ShopKey,
  type ShopRow,
  selectShop,
  updateShopUnauthorized,
  updateToken,
  updateTokenExpired,
} from './shops.sql.ts'
import { type Grant, requestToken } from './token.ts'

/** A token is renewed this long before its end; longer than any call takes. */
const EARLY_MS = 10 * 60_000
/** A renewal that is not done by then counts as given up; longer than the call that it makes may take. */
const RENEWAL_SECONDS = 30
const LOOK_AGAIN_MS = 200

/**
 * A client of a store's connected shop. Tokens are renewed early by themselves, once for all processes.
 *
 * Throws `store_not_connected`, now and in each later call, when the shop is not connected. A call that finds the token refused
 * marks the shop as unauthorized; its `ShopifyError` goes on to the caller.
 */
export async function openShop(db: Db, secret: string, shop: ShopKey): Promise<ShopifyClient> {
  const { baseUrl } = await requireConnected(db, shop)
  return createShopifyClient(db, {
    ...shop,
    baseUrl,
    token: async () => unseal(secret, (await findFresh(db, secret, shop)).accessToken ?? ''),
    tokenRefused: (token) => replaceToken(db, secret, shop, token),
  })
}

/**
 * What follows when Shopify refused a token: nothing where the shop has another by now, a renewal where there is a way to renew,
 * else the shop is unauthorized. True where a call with the shop's token is worth another try.
 */
async function replaceToken(db: Db, secret: string, shop: ShopKey, refused: string): Promise<boolean> {
  const row = await requireConnected(db, shop)
  if (unseal(secret, row.accessToken ?? '') !== refused) return true
  if (row.auth === 'client_credentials' || row.refreshToken) {
    await updateTokenExpired(db, shop, row.accessToken)
    return true
  }
  await updateShopUnauthorized(db, shop, row.accessToken, 'Shopify does not accept the access token any more.')
  return false
}

async function requireConnected(db: Db, shop: ShopKey): Promise<ShopRow> {
  const row = await selectShop(db, shop)
  if (row?.state === 'connected') return row
  const reason = row?.stateReason ?? null
  throw new AppError('store_not_connected', 'The Shopify shop of this store is not connected. Connect it again.', {
    storeId: shop.storeId,
    state: row?.state ?? null,
    reason,
  })
}

/** The shop with a token that is good for some minutes more. */
async function findFresh(db: Db, secret: string, shop: ShopKey): Promise<ShopRow> {
  for (;;) {
    const row = await requireConnected(db, shop)
    const leftMs = row.tokenExpiresAt ? row.tokenExpiresAt.getTime() - Date.now() : Number.POSITIVE_INFINITY
    if (leftMs > EARLY_MS) return row
    if (await claimRenewal(db, shop, row.accessToken, RENEWAL_SECONDS)) {
      await renew(db, secret, shop, row)
    } else if (leftMs > RENEWAL_SECONDS * 1000) {
      return row // another process renews it; this one is still good
    } else {
      await sleep(LOOK_AGAIN_MS)
    }
  }
}

async function renew(db: Db, secret: string, shop: ShopKey, row: ShopRow): Promise<void> {
  const keys = { clientId: row.clientId ?? '', clientSecret: unseal(secret, row.clientSecret ?? '') }
  const grant: Grant = row.refreshToken
    ? { grant_type: 'refresh_token', refresh_token: unseal(secret, row.refreshToken) }
    : { grant_type: 'client_credentials' }
  try {
    const token = await requestToken(row, keys, grant, new Date())
    await updateToken(db, shop, row.accessToken, {
      accessToken: seal(secret, token.accessToken),
      refreshToken: token.refreshToken === null ? null : seal(secret, token.refreshToken),
      expiresAt: token.expiresAt,
    })
  } catch (error) {
    await releaseRenewal(db, shop, row.accessToken)
    if (error instanceof ShopifyError && error.kind === 'unauthorized') {
      await updateShopUnauthorized(db, shop, row.accessToken, error.message)
    }
    throw error
  }
}
