import { queryOptions } from '@tanstack/react-query'
import type { Drift, ShopOrders } from '../../../contract/shop-orders.ts'
import { get } from './api.ts'

/** News comes by itself: the page looks again. */
const LOOK_AGAIN_MS = 10_000

export const shopOrdersQuery = (storeId: string) =>
  queryOptions({
    queryKey: ['stores', storeId, 'orders'],
    queryFn: ({ signal }) => get<ShopOrders>(`/v1/stores/${storeId}/orders`, {}, signal),
    refetchInterval: LOOK_AGAIN_MS,
  })
export const couponDriftQuery = (couponId: string) =>
  queryOptions({
    queryKey: ['coupons', couponId, 'drift'],
    queryFn: ({ signal }) => get<Drift[]>(`/v1/coupons/${couponId}/drift`, {}, signal),
  })
