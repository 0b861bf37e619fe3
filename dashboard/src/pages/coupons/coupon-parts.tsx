import type { CodeCounts } from '../../../../contract/coupons.ts'
import { COLORS, type Part } from '../../parts/figures.tsx'

/**
 * Every code is in exactly one of these; what is missing to `made` waits for the store. What was assigned and is not live any more stands under what became
 * of it; what is live and neither in line nor assigned is there for a coming bucket, or held by a checkout.
 */
export function partsOf(counts: CodeCounts): Part[] {
  const outside = Math.max(0, counts.live - counts.available - counts.reserved)
  const open = Math.min(outside, Math.max(0, counts.assigned - counts.redeemed))
  const later = { label: 'kept for later', count: outside - open, color: 'var(--mantine-color-teal-3)' }
  return [
    { label: 'available', count: counts.available, color: COLORS.available },
    { label: 'reserved for campaigns', count: counts.reserved, color: 'var(--mantine-color-cyan-5)' },
    { label: 'assigned, still good', count: open, color: COLORS.assigned },
    ...(later.count > 0 ? [later] : []),
    { label: 'redeemed', count: counts.redeemed, color: COLORS.redeemed },
    { label: 'expired', count: counts.expired, color: 'var(--mantine-color-gray-5)' },
    { label: 'withdrawn', count: counts.withdrawn, color: 'var(--mantine-color-gray-6)' },
    { label: 'failed', count: counts.failed, color: COLORS.failed },
  ]
}

export const TYPE_TEXT: Record<'unique' | 'uploaded', string> = {
  unique: 'Onecode makes the codes',
  uploaded: 'Codes from a file',
}
