import { createCustomer } from '../emulator/customers/create-customer.ts'
import type { TestShop } from './shop.ts'

/** A customer of the local Shopify; its id. */
export function addCustomer({ emulator }: TestShop, email: string): number {
  const { customer } = createCustomer(emulator.shop, { email })
  if (!customer) throw new Error(`${email} is no customer`)
  return customer.id
}

/** A segment of the local Shopify that holds these addresses; its id. */
export function addSegment({ emulator }: TestShop, emails: string[]): number {
  const { ids, segments, clock } = emulator.shop
  const id = ids.next('Segment')
  segments.set(id, { id, name: `Segment ${id}`, query: '', emails, createdAt: clock.now() })
  return id
}
