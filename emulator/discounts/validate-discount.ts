import { badRequest } from '../errors/api-error.ts'
import { type UserError, userError } from '../errors/user-error.ts'
import { type Discount, type DiscountKind, discountClass } from '../shop/discount.ts'
import type { Shop } from '../shop/shop.ts'
import type { DiscountInput, MinimumInput } from './input.ts'
import { findCodeFault, isTaken } from './validate-code.ts'
import { refuseTagOverlap, validateCombines } from './validate-combines.ts'
import { unknown, validateItems } from './validate-items.ts'
import { MAX_AMOUNT, refuseSeveralValues, validateValue } from './validate-value.ts'

/** Source: shopify.md, section 1.3. */
const MAX_TITLE_LENGTH = 255
const MAX_INT = 2_147_483_647
const MAX_TAGS = 5
const MAX_TAG_LENGTH = 255

/** What is checked: the kind of discount, its present state on an update, and the name of the input in `field` paths. */
export interface Subject {
  kind: DiscountKind
  automatic: boolean
  argument: string
  existing: Discount | null
}

/** Every fault of the input of a create or update, in the order of the fields. Throws BAD_REQUEST where the API refuses the whole field. */
export function validateDiscount(shop: Shop, subject: Subject, input: DiscountInput): UserError[] {
  refuseSeveralValues(input.customerGets?.value)
  refuseSelectionOverlap(input)
  refuseTagOverlap(input.combinesWith)
  const field = (...names: string[]): string[] => [subject.argument, ...names]
  const kindOfClass = discountClass({
    kind: subject.kind,
    items:
      input.customerGets?.items && !input.customerGets.items.all
        ? { kind: 'products', productIds: [], variantIds: [] }
        : (subject.existing?.items ?? { kind: 'all' }),
    value: { kind: 'percentage', basisPoints: 0, percentage: 0 },
  })
  return [
    ...validateTitle(subject, input, field('title')),
    ...validateWindow(subject, input, field),
    ...(subject.automatic ? [] : validateOwnCode(shop, subject, input, field('code'))),
    ...validateLimits(input, field),
    ...validateTags(input, field('tags')),
    ...validateContext(shop, subject, input, field),
    ...(input.minimumRequirement ? validateMinimum(input.minimumRequirement, field('minimumRequirement')) : []),
    ...validateCustomerBuys(shop, subject, input, field),
    ...validateCustomerGets(shop, subject, input, field),
    ...validatePurchaseTypes(shop, subject, input, field),
    ...(input.combinesWith ? validateCombines(shop, kindOfClass, input.combinesWith, field('combinesWith')) : []),
  ]
}

type Field = (...names: string[]) => string[]

function isMissing(value: unknown): boolean {
  return value === null || value === undefined
}

function refuseSelectionOverlap(input: DiscountInput): void {
  const selection = input.customerSelection
  if (selection?.all && (selection.customers || selection.customerSegments)) {
    throw badRequest(
      'A discount cannot have customerSelection set to all, when customers or customerSavedSearches is specified.',
    )
  }
}

function validateTitle(subject: Subject, input: DiscountInput, field: string[]): UserError[] {
  if (subject.existing && input.title === undefined) return []
  if (!input.title?.trim()) return [userError(field, 'BLANK', "Title can't be blank")]
  if (input.title.length <= MAX_TITLE_LENGTH) return []
  return [userError(field, 'TOO_LONG', `Title is too long (maximum is ${MAX_TITLE_LENGTH} characters)`)]
}

function validateWindow(subject: Subject, input: DiscountInput, field: Field): UserError[] {
  if (isMissing(input.startsAt) && !(subject.existing && input.startsAt === undefined)) {
    return [userError(field('startsAt'), 'BLANK', "Starts at can't be blank")]
  }
  const startsAt = input.startsAt ?? subject.existing?.startsAt ?? 0
  const endsAt = input.endsAt === undefined ? (subject.existing?.endsAt ?? null) : input.endsAt
  if (endsAt === null || endsAt > startsAt || (isMissing(input.startsAt) && isMissing(input.endsAt))) return []
  return [userError(field('endsAt'), 'INVALID', 'Ends at needs to be after starts_at')]
}

function validateOwnCode(shop: Shop, subject: Subject, input: DiscountInput, field: string[]): UserError[] {
  if (isMissing(input.code))
    return subject.existing && input.code === undefined ? [] : [userError(field, 'BLANK', "Code can't be blank")]
  const code = input.code ?? ''
  const fault = findCodeFault(code)
  if (fault) return [userError(field, fault.code, `Code ${fault.text}`)]
  const own = subject.existing?.codes.some((entry) => entry.code.toUpperCase() === code.toUpperCase()) ?? false
  return !own && isTaken(shop, code)
    ? [userError(field, 'TAKEN', 'Code must be unique. Please try a different code.')]
    : []
}

function validateLimits(input: DiscountInput, field: Field): UserError[] {
  const errors: UserError[] = []
  const limits = [
    { name: 'usageLimit', noun: 'Usage limit', value: input.usageLimit, above: 0 },
    { name: 'usesPerOrderLimit', noun: 'Uses per order limit', value: input.usesPerOrderLimit, above: 0 },
    { name: 'recurringCycleLimit', noun: 'Recurring cycle limit', value: input.recurringCycleLimit, above: -1 },
  ]
  for (const { name, noun, value, above } of limits) {
    if (value === null || value === undefined) continue
    if (value <= above)
      errors.push(userError(field(name), 'GREATER_THAN', `${noun} must be greater than ${Math.max(0, above)}`))
    if (value > MAX_INT)
      errors.push(userError(field(name), 'LESS_THAN_OR_EQUAL_TO', `${noun} must be less than or equal to ${MAX_INT}`))
  }
  return errors
}

/** The limits are in the schema's text, the words of the refusals are UNCERTAIN. */
function validateTags(input: DiscountInput, field: string[]): UserError[] {
  const tags = input.tags ?? []
  const errors: UserError[] = []
  if (tags.length > MAX_TAGS)
    errors.push(userError(field, 'TOO_MANY_TAGS', `A discount can have a maximum of ${MAX_TAGS} tags`))
  if (tags.some((tag) => tag.length > MAX_TAG_LENGTH)) {
    errors.push(userError(field, 'INVALID_TAG_LENGTH', `Tags must be ${MAX_TAG_LENGTH} characters or less`))
  }
  return errors
}

function validateContext(shop: Shop, subject: Subject, input: DiscountInput, field: Field): UserError[] {
  if (input.context && input.customerSelection) {
    return [userError(field('context'), 'INVALID', 'Only one of context or customerSelection can be provided.')]
  }
  const name = input.context ? 'context' : 'customerSelection'
  const buyers = input.context ?? input.customerSelection
  if (!buyers)
    return subject.existing || subject.automatic ? [] : [userError(field('context'), 'BLANK', "Context can't be blank")]
  return [
    ...unknown(buyers.customers?.add, 'Customer', shop.customers, field(name, 'customers', 'add'), 'Customer'),
    ...unknown(
      buyers.customerSegments?.add,
      'Segment',
      shop.segments,
      field(name, 'customerSegments', 'add'),
      'Segment',
    ),
    ...unknown(input.context?.markets?.add, 'Market', shop.markets, field(name, 'markets', 'add'), 'Market'),
  ]
}

function validateMinimum(minimum: MinimumInput, field: string[]): UserError[] {
  const subtotal = minimum.subtotal?.greaterThanOrEqualToSubtotal
  const quantity = minimum.quantity?.greaterThanOrEqualToQuantity
  const subtotalField = [...field, 'subtotal', 'greaterThanOrEqualToSubtotal']
  const quantityField = [...field, 'quantity', 'greaterThanOrEqualToQuantity']
  if (!isMissing(subtotal) && !isMissing(quantity)) {
    return [
      userError(subtotalField, 'CONFLICT', 'Minimum subtotal cannot be defined when minimum quantity is.'),
      userError(quantityField, 'CONFLICT', 'Minimum quantity cannot be defined when minimum subtotal is.'),
    ]
  }
  const errors: UserError[] = []
  if (Number(subtotal ?? 0) >= MAX_AMOUNT) {
    errors.push(userError(subtotalField, 'LESS_THAN', 'Minimum subtotal must be less than 1000000000000000000'))
  }
  if ((quantity ?? 0) >= MAX_INT) {
    errors.push(userError(quantityField, 'LESS_THAN', `Minimum quantity must be less than ${MAX_INT}`))
  }
  return errors
}

function validateCustomerBuys(shop: Shop, subject: Subject, input: DiscountInput, field: Field): UserError[] {
  if (subject.kind !== 'bxgy' || (subject.existing && !input.customerBuys)) return []
  const items = input.customerBuys?.items
  if (!items && !subject.existing)
    return [userError(field('customerBuys', 'items'), 'BLANK', "Items in 'customer buys' must be defined")]
  return items ? validateItems(shop, items, field('customerBuys', 'items')) : []
}

function validateCustomerGets(shop: Shop, subject: Subject, input: DiscountInput, field: Field): UserError[] {
  if (subject.kind === 'free_shipping') return []
  const gets = input.customerGets
  if (!gets) return subject.existing ? [] : [userError(field('customerGets'), 'BLANK', "Customer gets can't be blank")]
  const errors: UserError[] = []
  if (gets.items?.all && subject.kind === 'bxgy') {
    errors.push(userError(field('customerGets'), 'INVALID', "Items in 'customer get' cannot be set to all"))
  }
  if (gets.items) errors.push(...validateItems(shop, gets.items, field('customerGets', 'items')))
  else if (!subject.existing)
    errors.push(userError(field('customerGets', 'items'), 'BLANK', "Items in 'customer get' must be defined"))
  if (gets.value) errors.push(...validateValue(subject.kind, gets.value, field('customerGets', 'value')))
  else if (!subject.existing) errors.push(userError(field('customerGets', 'value'), 'BLANK', "Value can't be blank"))
  return errors
}

/** Texts for shops without subscriptions come from public sources, the one for "applies on nothing" is UNCERTAIN. */
function validatePurchaseTypes(shop: Shop, subject: Subject, input: DiscountInput, field: Field): UserError[] {
  const basic = subject.kind !== 'free_shipping'
  const flags = basic ? input.customerGets : input
  const path = (name: string): string[] => (basic ? field('customerGets', name) : field(name))
  const given = (['appliesOnSubscription', 'appliesOnOneTimePurchase'] as const).filter(
    (name) => !isMissing(flags?.[name]),
  )
  if (subject.kind === 'bxgy')
    return given.map((name) => userError(path(name), 'INVALID', 'This field is not supported by bxgy discounts.'))
  const errors: UserError[] = []
  if (!shop.settings.sellsSubscriptions) {
    for (const name of given) {
      const noun = `${basic ? 'Customer gets applies' : 'Applies'} on ${name === 'appliesOnSubscription' ? 'subscription' : 'one-time purchase'}`
      errors.push(userError(path(name), 'INVALID', `${noun} is not permitted for this shop.`))
    }
    if (!isMissing(input.recurringCycleLimit) && input.recurringCycleLimit !== 1) {
      const message = 'Recurring cycle limit must be 1 for discounts that do not apply to subscription items.'
      errors.push(
        userError(field('recurringCycleLimit'), 'MULTIPLE_RECURRING_CYCLE_LIMIT_FOR_NON_SUBSCRIPTION_ITEMS', message),
      )
    }
  } else if (flags?.appliesOnOneTimePurchase === false && flags.appliesOnSubscription === false) {
    errors.push(
      userError(
        path('appliesOnOneTimePurchase'),
        'APPLIES_ON_NOTHING',
        'Discount must apply on one-time purchases, subscriptions or both.',
      ),
    )
  }
  return errors
}
