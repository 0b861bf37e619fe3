import { AppError } from '../../../errors.ts'
import { ShopifyError } from '../client/shopify-error.ts'

/** What a person who waits is told of a call to their shop that failed. Other errors stay as they are. */
export function explainFailure(error: unknown, domain: string): unknown {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return new AppError(
      'shop_unavailable',
      `${domain} did not answer in time. Try again.`,
      { domain },
      { cause: error },
    )
  }
  if (!(error instanceof ShopifyError)) return error
  const { kind } = error
  if (kind === 'lost' || kind === 'unavailable') {
    const text = `${domain} did not answer as a Shopify shop does. Check the address; when it is right, try again later.`
    return new AppError('shop_unavailable', text, { domain }, { cause: error })
  }
  const text =
    kind === 'unauthorized'
      ? `${domain} does not accept these credentials. Check that they are of an app that is installed in this shop.`
      : `Shopify refused the call: ${error.message}`
  return new AppError('shop_refused', text, { domain, kind }, { cause: error })
}
