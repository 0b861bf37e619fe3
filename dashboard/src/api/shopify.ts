import { queryOptions } from '@tanstack/react-query'
import type { CatalogItems, Shop, ShopList } from '../../../contract/shopify.ts'
import { get } from './api.ts'

/** The Shopify shops of the account, and the demo store where one runs. */
export const shopsQuery = queryOptions({
  queryKey: ['stores', 'shops'],
  queryFn: ({ signal }) => get<ShopList>('/v1/stores/shopify', {}, signal),
})
export const shopQuery = (storeId: string) =>
  queryOptions({
    queryKey: ['stores', storeId, 'shop'],
    queryFn: ({ signal }) => get<Shop>(`/v1/stores/${storeId}/shop`, {}, signal),
  })

export type CatalogKind = 'products' | 'collections'

/** Products or collections of a shop that fit some words; asked of the shop itself. */
export const catalogSearchQuery = (storeId: string, kind: CatalogKind, search: string) =>
  queryOptions({
    queryKey: ['stores', storeId, 'catalog', kind, 'search', search],
    queryFn: ({ signal }) => get<CatalogItems>(`/v1/stores/${storeId}/shop/${kind}`, { search }, signal),
    staleTime: 60_000,
  })
export const catalogNamesQuery = (storeId: string, kind: CatalogKind, ids: string[]) =>
  queryOptions({
    queryKey: ['stores', storeId, 'catalog', kind, 'names', ids],
    queryFn: ({ signal }) => get<CatalogItems>(`/v1/stores/${storeId}/shop/${kind}`, { ids: ids.join(',') }, signal),
    staleTime: 60_000,
    enabled: ids.length > 0,
  })
