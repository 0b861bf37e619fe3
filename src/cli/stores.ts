import type { Command } from 'commander'
import type { Store } from '../../contract/coupons.ts'
import type { ConnectedShop, ConnectShop, Shop, ShopList } from '../../contract/shopify.ts'
import type { Cli } from './lib/cli.ts'
import type { Client } from './lib/client.ts'
import { CliError } from './lib/failure.ts'
import { requireStore } from './lib/find.ts'
import { readSecret } from './lib/password.ts'
import { formatMoment } from './lib/progress.ts'
import { formatFacts, formatTable } from './lib/table.ts'

type ConnectOptions = { clientId?: string; tokenFile?: string; secretFile?: string; name?: string }

export function addStores(program: Command, cli: Cli): void {
  const stores = program.command('stores').description('Stores: shops that honour codes.')
  stores
    .command('list')
    .description('Show the stores, and how their Shopify shops are.')
    .addHelpText('after', '\nExample:\n  onecode stores list')
    .action(() => list(cli))
  addConnect(stores, cli)
  stores
    .command('connect-demo')
    .description('Connect the demo store that `npm start` runs beside the server.')
    .addHelpText('after', '\nExample:\n  onecode stores connect-demo')
    .action(async () => showConnected(cli, await cli.client().post<ConnectedShop>('/v1/stores/demo', {})))
  stores
    .command('check')
    .argument('<name>')
    .description("Read the facts of a store's Shopify shop now; brings back one that was refused for a while.")
    .addHelpText('after', '\nExample:\n  onecode stores check "Linden & Co"')
    .action((name: string) => act(cli, name, 'check', (shop) => describeShop(shop)))
  stores
    .command('disconnect')
    .argument('<name>')
    .description('Disconnect the Shopify shop of a store and forget its credentials. Coupons, codes and history stay.')
    .addHelpText('after', '\nExample:\n  onecode stores disconnect "Linden & Co"')
    .action((name: string) => act(cli, name, 'disconnect', ({ domain }) => `The shop ${domain} is disconnected.`))
}

function addConnect(stores: Command, cli: Cli): void {
  stores
    .command('connect-shopify')
    .argument('<domain>', 'name.myshopify.com')
    .description('Connect a Shopify shop, or connect it again. Secrets come from files, a question or standard input.')
    .option('--client-id <id>', 'connect by client credentials: client id of the app')
    .option('--secret-file <file>', "the app's client secret, or the API secret key that belongs to a token")
    .option('--token-file <file>', 'Admin API access token; without --client-id')
    .option('--name <name>', "name of the store; the shop's own by default")
    .addHelpText(
      'after',
      '\nExamples:\n  onecode stores connect-shopify linden.myshopify.com --client-id 4f9a… --secret-file secret.txt\n  onecode stores connect-shopify linden.myshopify.com --token-file token.txt --secret-file api-secret.txt',
    )
    .action(async (domain: string, options: ConnectOptions) => {
      const client = cli.client()
      const body = await readConnection(cli, domain, options)
      showConnected(cli, await client.post<ConnectedShop>('/v1/stores/shopify', body))
    })
}

async function readConnection({ io }: Cli, domain: string, options: ConnectOptions): Promise<ConnectShop> {
  const { clientId, secretFile, tokenFile } = options
  const shop = { domain, ...(options.name === undefined ? {} : { name: options.name }) }
  if (clientId !== undefined && tokenFile !== undefined) {
    throw new CliError('Choose one of --client-id and --token-file.')
  }
  if (clientId !== undefined) {
    const clientSecret = await readSecret(io, secretFile, 'Client secret')
    return { method: 'client_credentials', ...shop, clientId, clientSecret }
  }
  const accessToken = await readSecret(io, tokenFile, 'Access token')
  const apiSecret = secretFile === undefined ? null : await readSecret(io, secretFile, '')
  return { method: 'token', ...shop, accessToken, apiSecret }
}

function showConnected(cli: Cli, made: ConnectedShop): void {
  const { store, shop, isNew } = made
  const what = isNew
    ? `The shop ${shop.domain} is connected as the store ${store.name}.`
    : `The store ${store.name} is connected again.`
  cli.show(made, `${what}\n${describeShop(shop)}`)
}

async function list(cli: Cli): Promise<void> {
  const client = cli.client()
  const all = await client.listAll<Store>('/v1/stores')
  const { items } = await client.get<ShopList>('/v1/stores/shopify')
  const rows = all.map((store) => {
    const shop = items.find(({ storeId }) => storeId === store.id)
    return [store.name, store.kind, store.currency, shop?.domain ?? store.url ?? '-', shop?.state ?? '-']
  })
  const value = all.map((store) => ({ ...store, shop: items.find(({ storeId }) => storeId === store.id) ?? null }))
  cli.show(value, formatTable(['name', 'kind', 'currency', 'address', 'state'], rows))
}

async function act(cli: Cli, name: string, deed: string, describe: (shop: Shop) => string): Promise<void> {
  const client = cli.client()
  const { id } = await requireShopStore(client, name)
  const shop = await client.post<Shop>(`/v1/stores/${id}/shop/${deed}`, {})
  cli.show(shop, describe(shop))
}

async function requireShopStore(client: Client, name: string): Promise<Store> {
  const store = await requireStore(client, name)
  if (store.kind !== 'shopify') throw new CliError(`The store ${store.name} is no Shopify shop.`)
  return store
}

function describeShop(shop: Shop): string {
  const facts = formatFacts({
    shop: shop.domain,
    state: shop.stateReason ? `${shop.state}: ${shop.stateReason}` : shop.state,
    plan: shop.plan,
    scopes: shop.scopes.join(', '),
    customers: shop.seesCustomers ? 'visible' : 'hidden by Shopify',
    webhooks: shop.checksWebhooks ? 'can be checked' : 'no API secret key: orders are found by reconciliation only',
    'facts read': shop.factsReadAt && formatMoment(shop.factsReadAt),
  })
  const missing = shop.missingScopes.map(({ scope, without }) => `Missing scope ${scope}: ${without}.`)
  return [facts, ...missing].join('\n')
}
