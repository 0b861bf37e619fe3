import type { CouponRow } from '../../coupons/coupon.ts'

const HOUR = 3600
const DAY = 24 * HOUR

/** Up to this duration buckets are an hour long, above it a day: a code is then worth at least 96 % of the time that it promises. */
const LONGEST_WITH_HOURS = 48 * HOUR

/** How long a bucket of codes is that are valid for `seconds` after they were assigned. */
export function bucketSeconds(seconds: number): number {
  return seconds <= LONGEST_WITH_HOURS ? HOUR : DAY
}

/**
 * The end of the bucket from which a code assigned at `now` is drawn: the first end that is not before the person's own deadline.
 *
 * Null where codes need no bucket: in a custom store, which looks at each code's own deadline, and for terms that do not end after the
 * assignment. Buckets end at whole hours or days of UTC.
 */
export function bucketEndOf(coupon: Pick<CouponRow, 'storeKind' | 'expiresAfterSeconds'>, now: Date): Date | null {
  if (coupon.storeKind !== 'shopify' || coupon.expiresAfterSeconds === null) return null
  const length = bucketSeconds(coupon.expiresAfterSeconds) * 1000
  return new Date(Math.ceil((now.getTime() + coupon.expiresAfterSeconds * 1000) / length) * length)
}

/** When draws turn to the next bucket, and that bucket's end. Null where there are no buckets. */
export function nextBucketOf(
  coupon: Pick<CouponRow, 'storeKind' | 'expiresAfterSeconds'>,
  now: Date,
): { turnsAt: Date; endsAt: Date; seconds: number } | null {
  const end = bucketEndOf(coupon, now)
  if (!end || coupon.expiresAfterSeconds === null) return null
  const seconds = bucketSeconds(coupon.expiresAfterSeconds)
  return {
    turnsAt: new Date(end.getTime() - coupon.expiresAfterSeconds * 1000),
    endsAt: new Date(end.getTime() + seconds * 1000),
    seconds,
  }
}
