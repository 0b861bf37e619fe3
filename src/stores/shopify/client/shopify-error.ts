/**
 * Why a call to Shopify did not give its result.
 *
 * lost: the reply did not arrive or could not be read; a mutation may have run. unavailable: certainly not run, try later.
 * unauthorized: the token is not (any more) accepted. access_denied: a scope is missing. refused: Shopify read the call and
 * will not run it; calling again changes nothing.
 */
export type ShopifyErrorKind = 'lost' | 'unavailable' | 'unauthorized' | 'access_denied' | 'refused'

export class ShopifyError extends Error {
  override readonly name = 'ShopifyError'
  readonly kind: ShopifyErrorKind
  /** `extensions.code` of the first GraphQL error, where there was one. */
  readonly code: string | null

  constructor(kind: ShopifyErrorKind, message: string, options: { code?: string | null; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.kind = kind
    this.code = options.code ?? null
  }
}
