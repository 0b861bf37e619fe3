import type { CodeCounts } from '../../../../contract/coupons.ts'
import { COLORS, type Part } from '../../parts/figures.tsx'

/** Every code is in exactly one of these. `made` is the sum of what was ever made; what is not live yet waits for the store. */
export function partsOf(counts: CodeCounts): Part[] {
  const open = Math.max(0, counts.assigned - counts.redeemed)
  return [
    { label: 'available', count: counts.available, color: COLORS.available },
    { label: 'reserved for campaigns', count: counts.reserved, color: 'var(--mantine-color-cyan-5)' },
    { label: 'assigned, not redeemed', count: open, color: COLORS.assigned },
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
