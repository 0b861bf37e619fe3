import { queryOptions } from '@tanstack/react-query'
import type { CatalogItems, CouponDiscount, Shop, ShopList, ShopSync } from '../../../contract/shopify.ts'
import { get } from './api.ts'
import { PROGRESS_INTERVAL_MS } from './coupons.ts'

/** How often the page of a store looks again when nothing is under way. */
const QUIET_INTERVAL_MS = 10_000

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

/** Looks again every second while codes go into the shop. */
export const syncQuery = (storeId: string) =>
  queryOptions({
    queryKey: ['stores', storeId, 'sync'],
    queryFn: ({ signal }) => get<ShopSync>(`/v1/stores/${storeId}/sync`, {}, signal),
    refetchInterval: (query) => (query.state.data?.state === 'working' ? PROGRESS_INTERVAL_MS : QUIET_INTERVAL_MS),
  })
export const couponDiscountsQuery = (couponId: string) =>
  queryOptions({
    queryKey: ['coupons', couponId, 'discounts'],
    queryFn: ({ signal }) => get<CouponDiscount[]>(`/v1/coupons/${couponId}/discounts`, {}, signal),
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
