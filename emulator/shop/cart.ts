export interface CartLine {
  variantId: number
  quantity: number
  subscription: boolean
}

/** One visit: what is in the cart and which codes were entered or came with a link. */
export interface Cart {
  token: string
  lines: CartLine[]
  codes: string[]
  createdAt: number
  updatedAt: number
  /** Set when the buyer has opened the checkout. */
  checkoutToken: string | null
  completedAt: number | null
  email: string | null
}
