import { useQuery } from '@tanstack/react-query'
import { couponDriftQuery } from '../../api/shop-orders.ts'
import { DriftPanel } from '../stores/DriftPanel.tsx'

/** Says when the shop honours a coupon otherwise than its terms say. Nothing when all agrees. */
export function CouponDrift({ couponId }: { couponId: string }) {
  const { data: rows = [] } = useQuery(couponDriftQuery(couponId))
  const [first] = rows
  return first ? <DriftPanel storeId={first.storeId} drift={rows} /> : null
}
