import type { ReusePolicy, Terms } from '../../contract/coupons.ts'

/** A coupon with the terms of its newest version, as the database gives it. */
export type CouponRow = {
  id: string
  storeId: string
  storeName: string
  storeUrl: string | null
  storeKind: 'custom' | 'shopify'
  currency: string
  name: string
  type: 'unique' | 'uploaded'
  description: string
  purpose: 'campaign' | 'flow' | 'form' | null
  prefix: string
  codeLength: number
  reusePolicy: ReusePolicy
  lowStockThreshold: number
  fallback: string | null
  onCancel: 'stay_used' | 'new_code'
  version: number
  versionId: string
  terms: Terms
  expiresAt: Date | null
  expiresAfterSeconds: number | null
  createdAt: Date
  archivedAt: Date | null
}
