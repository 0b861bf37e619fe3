import type { Db } from '../../../db/database.ts'
import { AppError } from '../../../errors.ts'
import { unseal } from '../../../lib/seal.ts'
import { isSignedBy } from './signature.ts'
import { insertWebhook, type Receiver, selectReceivers } from './webhooks.sql.ts'

/** Largest body that is taken. Shopify cuts payloads off below that. */
export const WEBHOOK_BYTES = 5 * 1024 * 1024

export type Delivery = {
  domain: string | undefined
  signature: string | undefined
  topic: string | undefined
  webhookId: string | undefined
  triggeredAt: string | undefined
  raw: Buffer
}

/**
 * Takes a delivery in for every store that is this shop and whose secret it is signed with: stored, and nothing else. One that
 * was stored before, by its id, is passed over. Returns whether it was new for any store.
 *
 * Throws `invalid_webhook` where no store can check it (an unknown shop, a wrong signature: one text for both), and
 * `invalid_input` for a body that is signed and no JSON; that is noted where the merchant sees it.
 */
export async function receiveWebhook(
  db: Db,
  secret: string,
  delivery: Delivery & { now: Date },
): Promise<{ isNew: boolean }> {
  const { raw, now } = delivery
  const receivers = await findReceivers(db, secret, delivery)
  if (receivers.length === 0) {
    throw new AppError(
      'invalid_webhook',
      'Check that this shop is connected and that its app’s client secret is the one that signs.',
    )
  }
  const webhookId = requireHeader(delivery.webhookId, 'X-Shopify-Webhook-Id')
  const topic = requireHeader(delivery.topic, 'X-Shopify-Topic')
  const body = readJsonText(raw)
  let isNew = false
  for (const { accountId, storeId } of receivers) {
    const state = body === undefined ? ('failed' as const) : ('waiting' as const)
    const error = body === undefined ? 'The body is no JSON.' : null
    const triggeredAt = readMoment(delivery.triggeredAt)
    const webhook = { accountId, storeId, webhookId, topic, body: body ?? null, state, error, triggeredAt, now }
    if (await insertWebhook(db, webhook)) isNew = true
  }
  if (body === undefined) throw new AppError('invalid_input', 'Send JSON: the body could not be read.')
  return { isNew }
}

/** A shop may be connected in several accounts by apps of their own: whose secret verifies gets it. */
async function findReceivers(db: Db, secret: string, delivery: Delivery): Promise<Receiver[]> {
  const { domain, signature, raw } = delivery
  if (!domain || !signature || domain.length > 255) return []
  const known = await selectReceivers(db, domain.toLowerCase())
  return known.filter((one) => isSignedBy(unseal(secret, one.clientSecret), raw, signature))
}

function requireHeader(value: string | undefined, name: string): string {
  if (value !== undefined && /^[\x21-\x7e]{1,255}$/.test(value)) return value
  throw new AppError('invalid_input', `Send the header ${name}: 1 to 255 visible characters.`)
}

/** The body as text, when it is JSON of an object. What Postgres cannot store of it (U+0000, as an escape too) is left out. */
function readJsonText(raw: Buffer): string | undefined {
  const text = raw.toString('utf8')
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    return text.replaceAll('\0', '')
  } catch {
    return undefined
  }
}

function readMoment(text: string | undefined): Date | null {
  const at = Date.parse(text ?? '')
  return Number.isNaN(at) ? null : new Date(at)
}
