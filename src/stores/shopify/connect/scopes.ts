import { AppError } from '../../../errors.ts'

/** Scopes that we use, and what does not work without them. Source: Shopify, "API access scopes"; docs/shopify.md. */
export const SCOPES = [
  { scope: 'write_discounts', isNeeded: true, without: 'no codes can be put into the shop' },
  { scope: 'read_orders', isNeeded: false, without: 'redemptions are not seen' },
  { scope: 'read_customers', isNeeded: false, without: 'who ordered is not seen, and customers are not taken over' },
  { scope: 'read_products', isNeeded: false, without: 'products and collections cannot be searched for' },
] as const

export type MissingScope = { scope: string; without: string }

/** The scopes that the shop did not give. A write scope holds the read scope of the same name. */
export function missingScopes(granted: readonly string[]): MissingScope[] {
  return SCOPES.filter(({ scope }) => !holds(granted, scope)).map(({ scope, without }) => ({ scope, without }))
}

/** Throws `shop_scope_missing` where a scope is missing without which nothing works. */
export function requireScopes(granted: readonly string[]): void {
  const [missing] = SCOPES.filter(({ scope, isNeeded }) => isNeeded && !holds(granted, scope))
  if (!missing) return
  throw new AppError(
    'shop_scope_missing',
    `The app may not use ${missing.scope}: without it ${missing.without}. Give the app this scope in Shopify, install it again, and connect again.`,
    { missing: missing.scope, granted: [...granted] },
  )
}

function holds(granted: readonly string[], scope: string): boolean {
  return granted.includes(scope) || (scope.startsWith('read_') && granted.includes(`write_${scope.slice(5)}`))
}
