import { createAccount } from '../accounts/account.ts'
import { createApiKey } from '../accounts/api-keys.ts'
import { type Client, openClient } from '../cli/lib/client.ts'
import { createStore } from '../stores/create-store.ts'
import type { Demo } from './open-demo.ts'

/** A client of another account on the same server, with a store and a key for the checkout. */
export async function openSecondAccount({ db, url }: Demo): Promise<Client> {
  const now = new Date()
  const place = { name: 'Another shop', timeZone: 'UTC', now }
  const { id: accountId } = await createAccount(db, { ...place, actor: 'demo' })
  await createStore(db, {
    ...place,
    accountId,
    kind: 'custom',
    url: null,
    currency: 'EUR',
    sellsSubscriptions: false,
  })
  const scopes = ['checkout' as const]
  const key = { accountId, actor: 'demo', name: 'Checkout', scopes, allowedScopes: new Set(scopes), now }
  const { key: apiKey } = await createApiKey(db, key)
  return openClient({ url, apiKey })
}
