import { queryOptions } from '@tanstack/react-query'
import type { Drift } from '../../../contract/shop-orders.ts'
import { get } from './api.ts'

export const couponDriftQuery = (couponId: string) =>
  queryOptions({
    queryKey: ['coupons', couponId, 'drift'],
    queryFn: ({ signal }) => get<Drift[]>(`/v1/coupons/${couponId}/drift`, {}, signal),
  })
