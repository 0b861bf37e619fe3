export interface Customer {
  id: number
  email: string | null
  phone: string | null
  firstName: string | null
  lastName: string | null
  note: string | null
  locale: string
  tags: string[]
  createdAt: number
  updatedAt: number
  acceptsMarketing: boolean
  /** Orders that were placed with this customer. Attaching an order later does not count. Source: recording customer-order-summary-read-effects. */
  ordersPlaced: number
  amountSpentMinor: number
}

/** Name, else address, else phone. */
export function displayName(customer: Customer): string {
  const name = [customer.firstName, customer.lastName].filter(Boolean).join(' ')
  return name || customer.email || customer.phone || ''
}
