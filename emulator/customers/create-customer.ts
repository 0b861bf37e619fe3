import { type UserError, userError } from '../errors/user-error.ts'
import type { Customer } from '../shop/customer.ts'
import { nowSeconds, type Shop } from '../shop/shop.ts'

export interface CustomerInput {
  email?: string | null
  phone?: string | null
  firstName?: string | null
  lastName?: string | null
  note?: string | null
  locale?: string | null
  tags?: string[] | null
  emailMarketingConsent?: { marketingState: string } | null
}

export type CustomerResult = { customer: Customer; errors: [] } | { customer: null; errors: UserError[] }

const EMAIL = /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/

export function isEmail(text: string): boolean {
  return EMAIL.test(text)
}

export function findCustomerByEmail(shop: Shop, email: string): Customer | undefined {
  const wanted = email.toLowerCase()
  for (const customer of shop.customers.values()) if (customer.email?.toLowerCase() === wanted) return customer
  return undefined
}

/** Makes a customer; an address or phone number belongs to one customer only. */
export function createCustomer(shop: Shop, input: CustomerInput, id?: number): CustomerResult {
  const errors = validateCustomer(shop, input)
  if (errors.length > 0) return { customer: null, errors }
  const now = nowSeconds(shop)
  const customer: Customer = {
    id: id ?? shop.ids.next('Customer'),
    email: input.email?.trim() || null,
    phone: input.phone?.trim() || null,
    firstName: input.firstName ?? null,
    lastName: input.lastName ?? null,
    note: input.note ?? null,
    locale: input.locale ?? 'en',
    tags: [...(input.tags ?? [])].sort(),
    createdAt: now,
    updatedAt: now,
    acceptsMarketing: input.emailMarketingConsent?.marketingState === 'SUBSCRIBED',
    ordersPlaced: 0,
    amountSpentMinor: 0,
  }
  shop.customers.set(customer.id, customer)
  shop.emit('customers/create', { kind: 'customer', customer })
  return { customer, errors: [] }
}

/** Texts as public error reports give them; UNCERTAIN, no recording. */
function validateCustomer(shop: Shop, input: CustomerInput): UserError[] {
  const { email, phone, firstName, lastName } = input
  if (![email, phone, firstName, lastName].some((part) => part?.trim())) {
    return [userError(null, null, 'A name, phone number, or email address must be present')]
  }
  const errors: UserError[] = []
  if (email && !isEmail(email)) errors.push(userError(['email'], null, 'Email is invalid'))
  else if (email && findCustomerByEmail(shop, email))
    errors.push(userError(['email'], null, 'Email has already been taken'))
  const taken = phone && [...shop.customers.values()].some((customer) => customer.phone === phone)
  if (taken) errors.push(userError(['phone'], null, 'Phone has already been taken'))
  return errors
}
