import { startBulkCreation } from '../../discounts/bulk-add.ts'
import { deleteRedeemCodes } from '../../discounts/bulk-delete-codes.ts'
import { type Selector, validateAutomaticSelector, validateSelector } from '../../discounts/bulk-selector.ts'
import { findAutomaticDiscount, findCodeDiscount } from '../../discounts/find-discount.ts'
import type { DiscountInput } from '../../discounts/input.ts'
import { activateDiscount, deactivateDiscount, deleteDiscount } from '../../discounts/lifecycle.ts'
import { createDiscount, type SaveResult, updateDiscount } from '../../discounts/save-discount.ts'
import { findDiscounts } from '../../discounts/search-discounts.ts'
import { type UserError, userError } from '../../errors/user-error.ts'
import { toGid } from '../../gid.ts'
import { randomUuid } from '../../random.ts'
import type { Discount, DiscountKind } from '../../shop/discount.ts'
import type { Shop } from '../../shop/shop.ts'
import type { Context } from '../context.ts'
import { viewCreation } from '../views/creation-view.ts'
import { viewAutomaticNode, viewCodeNode } from '../views/discount-view.ts'

type View = Record<string, unknown>

/** Time after which the job of a bulk operation on discounts has run. */
const JOB_MS = 300

function codePayload(shop: Shop, result: SaveResult): View {
  return { codeDiscountNode: result.discount && viewCodeNode(shop, result.discount), userErrors: result.errors }
}

function automaticPayload(shop: Shop, result: SaveResult): View {
  return {
    automaticDiscountNode: result.discount && viewAutomaticNode(shop, result.discount),
    userErrors: result.errors,
  }
}

function createOf(kind: DiscountKind, argument: string) {
  return (args: Record<string, DiscountInput>, { shop }: Context): View =>
    codePayload(shop, createDiscount(shop, kind, false, argument, args[argument] ?? {}))
}

/** An id of a discount of another kind is as unknown as none. */
function updateOf(kind: DiscountKind, argument: string) {
  return (args: { id: string } & Record<string, unknown>, { shop }: Context): View => {
    const found = findCodeDiscount(shop, args.id)
    return codePayload(
      shop,
      updateDiscount(shop, found?.kind === kind ? found : undefined, argument, args[argument] as DiscountInput),
    )
  }
}

function createAutomaticOf(kind: DiscountKind, argument: string) {
  return (args: Record<string, DiscountInput>, { shop }: Context): View =>
    automaticPayload(shop, createDiscount(shop, kind, true, argument, args[argument] ?? {}))
}

function missing(automatic: boolean): UserError[] {
  return [userError(['id'], 'INVALID', `${automatic ? 'Automatic' : 'Code'} discount does not exist.`)]
}

function changeCode(change: (shop: Shop, discount: Discount) => void) {
  return ({ id }: { id: string }, { shop }: Context): View => {
    const discount = findCodeDiscount(shop, id)
    if (!discount) return { codeDiscountNode: null, userErrors: missing(false) }
    change(shop, discount)
    return codePayload(shop, { discount, errors: [] })
  }
}

function changeAutomatic(change: (shop: Shop, discount: Discount) => void) {
  return ({ id }: { id: string }, { shop }: Context): View => {
    const discount = findAutomaticDiscount(shop, id)
    if (!discount) return { automaticDiscountNode: null, userErrors: missing(true) }
    change(shop, discount)
    return automaticPayload(shop, { discount, errors: [] })
  }
}

/** A job that is done after a moment. */
function startJob(shop: Shop, work: () => void): View {
  const id = toGid('Job', randomUuid(shop.random))
  const job = { done: false }
  shop.jobs.set(id, job)
  shop.clock.schedule(shop.clock.now() + JOB_MS, () => {
    work()
    job.done = true
  })
  return viewJob(id, job)
}

function viewJob(id: string, job: { done: boolean }): View {
  return { __typename: 'Job', id, done: job.done, query: null }
}

/** A job that was finished with its own reply. */
function doneJob(shop: Shop): View {
  const id = toGid('Job', randomUuid(shop.random))
  const job = { done: true }
  shop.jobs.set(id, job)
  return viewJob(id, job)
}

function bulkOf(change: (shop: Shop, discount: Discount) => void) {
  return (selector: Selector, { shop }: Context): View => {
    const userErrors = validateSelector(selector, 'discounts')
    if (userErrors.length > 0) return { job: null, userErrors }
    const job = startJob(shop, () => {
      const chosen = selector.ids
        ? selector.ids.flatMap((id) => findCodeDiscount(shop, id) ?? [])
        : findDiscounts(shop, selector.search, 'code')
      for (const discount of chosen) change(shop, discount)
    })
    return { job, userErrors }
  }
}

/** A blank search is accepted by the API and, as a caution here, chooses nothing. */
function deleteAutomaticInBulk(selector: Selector, { shop }: Context): View {
  const userErrors = validateAutomaticSelector(selector)
  if (userErrors.length > 0) return { job: null, userErrors }
  const job = startJob(shop, () => {
    const chosen = selector.ids
      ? selector.ids.flatMap((id) => findAutomaticDiscount(shop, id) ?? [])
      : selector.search?.trim()
        ? findDiscounts(shop, selector.search, 'automatic')
        : []
    for (const discount of chosen) deleteDiscount(shop, discount)
  })
  return { job, userErrors }
}

function addCodes(args: { discountId: string; codes: { code: string }[] }, { shop, worker }: Context): View {
  const codes = args.codes.map((entry) => entry.code)
  const result = startBulkCreation(shop, args.discountId, codes)
  if (result.creation) worker.enqueue(result.creation)
  return { bulkCreation: result.creation && viewCreation(shop, result.creation), userErrors: result.errors }
}

function deleteCodes(args: Selector & { discountId: string }, { shop }: Context): View {
  const userErrors = deleteRedeemCodes(shop, args.discountId, args)
  return { job: userErrors.length > 0 ? null : doneJob(shop), userErrors }
}

function deleteCode({ id }: { id: string }, { shop }: Context): View {
  const discount = findCodeDiscount(shop, id)
  if (!discount) return { deletedCodeDiscountId: null, userErrors: missing(false) }
  deleteDiscount(shop, discount)
  return { deletedCodeDiscountId: id, userErrors: [] }
}

function deleteAutomatic({ id }: { id: string }, { shop }: Context): View {
  const discount = findAutomaticDiscount(shop, id)
  if (!discount) return { deletedAutomaticDiscountId: null, userErrors: missing(true) }
  deleteDiscount(shop, discount)
  return { deletedAutomaticDiscountId: id, userErrors: [] }
}

function updateAutomaticFreeShipping(
  args: { id: string; freeShippingAutomaticDiscount: DiscountInput },
  { shop }: Context,
): View {
  const found = findAutomaticDiscount(shop, args.id)
  const existing = found?.kind === 'free_shipping' ? found : undefined
  return automaticPayload(
    shop,
    updateDiscount(shop, existing, 'freeShippingAutomaticDiscount', args.freeShippingAutomaticDiscount),
  )
}

export const discountMutations = {
  discountCodeBasicCreate: createOf('basic', 'basicCodeDiscount'),
  discountCodeBasicUpdate: updateOf('basic', 'basicCodeDiscount'),
  discountCodeFreeShippingCreate: createOf('free_shipping', 'freeShippingCodeDiscount'),
  discountCodeFreeShippingUpdate: updateOf('free_shipping', 'freeShippingCodeDiscount'),
  discountCodeBxgyCreate: createOf('bxgy', 'bxgyCodeDiscount'),
  discountCodeBxgyUpdate: updateOf('bxgy', 'bxgyCodeDiscount'),
  discountCodeActivate: changeCode(activateDiscount),
  discountCodeDeactivate: changeCode(deactivateDiscount),
  discountCodeDelete: deleteCode,
  discountCodeBulkActivate: bulkOf(activateDiscount),
  discountCodeBulkDeactivate: bulkOf(deactivateDiscount),
  discountCodeBulkDelete: bulkOf(deleteDiscount),
  discountRedeemCodeBulkAdd: addCodes,
  discountCodeRedeemCodeBulkDelete: deleteCodes,
  discountAutomaticBasicCreate: createAutomaticOf('basic', 'automaticBasicDiscount'),
  discountAutomaticFreeShippingCreate: createAutomaticOf('free_shipping', 'freeShippingAutomaticDiscount'),
  discountAutomaticFreeShippingUpdate: updateAutomaticFreeShipping,
  discountAutomaticActivate: changeAutomatic(activateDiscount),
  discountAutomaticDeactivate: changeAutomatic(deactivateDiscount),
  discountAutomaticDelete: deleteAutomatic,
  discountAutomaticBulkDelete: deleteAutomaticInBulk,
}
