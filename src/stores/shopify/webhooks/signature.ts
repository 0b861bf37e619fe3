import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * Whether a delivery is signed with the app's client secret: base64 HMAC-SHA256 over the raw bytes. Takes as long for a wrong
 * signature as for a right one. Source: Shopify, "Verify webhook deliveries".
 */
export function isSignedBy(clientSecret: string, raw: Buffer, signature: string): boolean {
  const expected = createHmac('sha256', clientSecret).update(raw).digest()
  const given = Buffer.from(signature, 'base64')
  return given.length === expected.length && timingSafeEqual(given, expected)
}
