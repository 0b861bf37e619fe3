import { Alert } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { couponDriftQuery } from '../../api/shop-orders.ts'
import { DriftTable } from '../stores/DriftTable.tsx'

/** Says when the shop honours a coupon otherwise than its terms say. Nothing when all agrees. */
export function CouponDrift({ couponId }: { couponId: string }) {
  const { data: rows = [] } = useQuery(couponDriftQuery(couponId))
  if (rows.length === 0) return null
  return (
    <Alert color="honey" role="alert" icon={<IconAlertTriangle />} title="Changed in the shop’s own admin">
      The shop honours these codes otherwise than the coupon says.
      <DriftTable rows={rows} />
    </Alert>
  )
}
