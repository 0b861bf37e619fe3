import { GraphQLError } from 'graphql'

/** A top-level error of the API: the field becomes null, the others keep their data. */
export function apiError(code: string, message: string, extensions: Record<string, unknown> = {}): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...extensions } })
}

/** An id of the wrong kind in a query. Source: shopify.md, section 3. */
export function invalidId(id: string): GraphQLError {
  return apiError('RESOURCE_NOT_FOUND', `Invalid id: ${id}`)
}

export function badRequest(message: string): GraphQLError {
  return apiError('BAD_REQUEST', message)
}
