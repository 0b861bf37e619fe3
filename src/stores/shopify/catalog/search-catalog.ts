import type { CatalogItems } from '../../../../contract/shopify.ts'
import { AppError } from '../../../errors.ts'
import type { ShopifyClient } from '../client/client.ts'
import { NameCatalogItems, SearchCollections, SearchProducts } from '../generated/catalog.ts'
import { numberOf, type ShopIdKind, toGid } from '../terms/shop-ids.ts'

/** A person waits for the list to show. */
const TIMEOUT_MS = 10_000
/** Shopify's limit of a list in a call. */
const MAX_IDS = 250

/** Up to 20 products or collections that fit; an empty search gives the first ones. Ids are numbers. */
export async function searchCatalog(client: ShopifyClient, kind: ShopIdKind, search: string): Promise<CatalogItems> {
  const options = { priority: 'interactive' as const, signal: AbortSignal.timeout(TIMEOUT_MS) }
  const query = toQuery(search)
  const { nodes } =
    kind === 'Product'
      ? (await client.request(SearchProducts, { query }, options)).products
      : (await client.request(SearchCollections, { query }, options)).collections
  return { items: nodes.map(({ id, title }) => ({ id: numberOf(id), title })) }
}

/** The titles of ids that are known; what is no longer in the shop is left out. */
export async function nameCatalogItems(client: ShopifyClient, kind: ShopIdKind, ids: string[]): Promise<CatalogItems> {
  const gids = ids.map((id) => toGid(kind, id))
  if (ids.length > MAX_IDS || !gids.every((gid) => new RegExp(`^gid://shopify/${kind}/\\d{1,19}$`).test(gid))) {
    throw new AppError('invalid_input', `Name up to ${MAX_IDS} ids of a ${kind.toLowerCase()}.`)
  }
  const options = { priority: 'interactive' as const, signal: AbortSignal.timeout(TIMEOUT_MS) }
  const { nodes } = await client.request(NameCatalogItems, { ids: gids }, options)
  return {
    items: nodes.flatMap((node) => (node && 'title' in node ? [{ id: numberOf(node.id), title: node.title }] : [])),
  }
}

/** Words of people as a search of Shopify's, each a beginning: signs and capitals mean something there (`-`, `OR`) and are taken out. */
function toQuery(search: string): string {
  const words = search.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  return words.map((word) => `${word}*`).join(' ')
}
