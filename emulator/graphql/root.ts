import { apiError } from '../errors/api-error.ts'
import { holdsScope } from '../shop/app.ts'
import type { Context, RootFields } from './context.ts'
import { discountMutations } from './roots/discount-mutations.ts'
import { discountQueries } from './roots/discount-queries.ts'
import { orderMutations, orderQueries } from './roots/order-roots.ts'
import { shopQueries } from './roots/shop-queries.ts'
import { webhookMutations, webhookQueries } from './roots/webhook-roots.ts'
import { requiredScope } from './scopes.ts'

/** Puts the check of scopes before each field. The arguments' shapes are the schema's promise, so their types end here. */
function guard(fields: object, isMutation: boolean): RootFields {
  return Object.fromEntries(
    Object.entries(fields as RootFields).map(([name, resolve]) => {
      const scope = requiredScope(name, isMutation)
      return [name, scope === undefined ? resolve : withScope(name, scope, resolve)]
    }),
  )
}

function withScope(name: string, scope: string, resolve: RootFields[string]): RootFields[string] {
  return (args, context: Context, info) => {
    if (!holdsScope(context.token.scopes, scope)) {
      throw apiError('ACCESS_DENIED', `Access denied for ${name} field. Required access: \`${scope}\` access scope.`, {
        documentation: 'https://shopify.dev/api/usage/access-scopes',
        requiredAccess: `\`${scope}\` access scope.`,
      })
    }
    return resolve?.(args, context, info)
  }
}

/** The fields of `QueryRoot` and `Mutation` that the emulator answers. */
export function createRoots(): { query: RootFields; mutation: RootFields } {
  return {
    query: guard({ ...shopQueries, ...discountQueries, ...orderQueries, ...webhookQueries }, false),
    mutation: guard({ ...discountMutations, ...orderMutations, ...webhookMutations }, true),
  }
}
