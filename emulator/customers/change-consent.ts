import { randomUuid } from '../random.ts'
import type { Customer } from '../shop/customer.ts'
import { nowSeconds, type Shop } from '../shop/shop.ts'

/** Sets whether a customer wants mail, and tells subscribers when that is new. */
export function changeConsent(shop: Shop, customer: Customer, acceptsMarketing: boolean): void {
  if (customer.acceptsMarketing === acceptsMarketing) return
  customer.acceptsMarketing = acceptsMarketing
  customer.updatedAt = nowSeconds(shop)
  const eventId = randomUuid(shop.random)
  shop.emit('customers_email_marketing_consent/update', { kind: 'email_consent', customer }, eventId)
  shop.emit('customers/update', { kind: 'customer', customer }, eventId)
}
