import type { z } from 'zod'
import type { createCouponBody, updateCouponBody } from '../../contract/coupons.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { AppError } from '../errors.ts'
import { brokenConstraint } from '../lib/constraint.ts'
import { newId } from '../lib/ids.ts'
import { checkTerms, checkUploadedTerms } from './check-terms.ts'
import type { CouponRow } from './coupon.ts'
import {
  existsArchivedName,
  insertCoupon,
  insertTermsVersion,
  selectStoreFacts,
  updateCouponArchived,
  updateCouponDetails,
  updateCouponVersion,
} from './coupons.sql.ts'
import { requireCoupon } from './find-coupon.ts'

export type CreateCouponInput = z.infer<typeof createCouponBody> & { accountId: string; now: Date }

/** The longest prefix that is taken from a coupon's name by itself. */
const OWN_PREFIX = 20

/**
 * Makes a coupon with version 1 of its terms.
 *
 * Throws `name_taken`, `name_was_used` (an archived coupon had the name and `confirmReusedName` is false), `store_not_found`
 * and what `checkTerms` throws.
 */
export async function createCoupon(db: Db, input: CreateCouponInput): Promise<CouponRow> {
  const store = await selectStoreFacts(db, input.accountId, input.storeId)
  if (!store)
    throw new AppError('store_not_found', 'There is no such store in this account.', { storeId: input.storeId })
  checkTerms(input.terms, store, input.now)
  checkUploadedTerms(input.terms, input.type, store)
  if (!input.confirmReusedName && (await existsArchivedName(db, input.accountId, input.name))) {
    throw new AppError(
      'name_was_used',
      'An archived coupon had this name. Better choose another: mails already sent name it. To use it all the same, confirm it.',
      { name: input.name },
    )
  }
  const id = newId()
  try {
    await inTransaction(db, async (trx) => {
      await insertCoupon(trx, { ...input, id, prefix: input.prefix ?? prefixOf(input.name) })
      await insertTermsVersion(trx, { ...input, id: newId(), couponId: id, version: 1 })
    })
  } catch (cause) {
    if (brokenConstraint(cause) !== 'coupons_name') throw cause
    throw new AppError(
      'name_taken',
      `There is already a coupon named ${input.name}. Choose another name.`,
      { name: input.name },
      { cause },
    )
  }
  return await requireCoupon(db, { accountId: input.accountId, coupon: id })
}

/** `WELCOME20` for WELCOME20, `SOMMER-2027` for "Sommer 2027"; empty where nothing of the name can stand in a code. */
export function prefixOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .toUpperCase()
    .replace(/[^A-Z0-9 _.-]/g, '')
    .replace(/[ _.-]+/g, '-')
  return plain.slice(0, OWN_PREFIX).replace(/^-+|-+$/g, '')
}

export type UpdateCouponInput = z.infer<typeof updateCouponBody> & { accountId: string; couponId: string }

/**
 * Changes what is not part of the terms; fields left out keep their value. Call it with the coupon locked, and the reuse policy only where no code
 * was given. Throws `coupon_not_found`.
 */
export async function updateCoupon(db: Db, input: UpdateCouponInput): Promise<void> {
  const before = await requireCoupon(db, { accountId: input.accountId, coupon: input.couponId })
  await updateCouponDetails(db, {
    accountId: input.accountId,
    id: before.id,
    description: input.description ?? before.description,
    purpose: input.purpose === undefined ? before.purpose : input.purpose,
    reusePolicy: input.reusePolicy ?? before.reusePolicy,
    lowStockThreshold: input.lowStockThreshold ?? before.lowStockThreshold,
    fallback: input.fallback === undefined ? before.fallback : input.fallback,
    onCancel: input.onCancel ?? before.onCancel,
  })
}

/** Adds the next version of the terms to a coupon that the caller holds by `requireLockedCoupon`. */
export async function addTermsVersion(
  trx: Db,
  input: { accountId: string; coupon: CouponRow; terms: CouponRow['terms']; now: Date },
): Promise<{ version: number }> {
  const store = await selectStoreFacts(trx, input.accountId, input.coupon.storeId)
  if (!store)
    throw new AppError('store_not_found', 'The store of this coupon is gone.', { storeId: input.coupon.storeId })
  checkTerms(input.terms, store, input.now)
  checkUploadedTerms(input.terms, input.coupon.type, store)
  const version = input.coupon.version + 1
  await insertTermsVersion(trx, { ...input, id: newId(), couponId: input.coupon.id, version })
  await updateCouponVersion(trx, input.accountId, input.coupon.id, version)
  return { version }
}

/** Marks a coupon as archived: nothing is added or assigned any more, codes that people have stay valid. */
export async function markArchived(trx: Db, input: { accountId: string; couponId: string; now: Date }): Promise<void> {
  if (!(await updateCouponArchived(trx, input.accountId, input.couponId, input.now))) {
    throw new AppError('coupon_archived', 'This coupon is archived already.', { couponId: input.couponId })
  }
}
