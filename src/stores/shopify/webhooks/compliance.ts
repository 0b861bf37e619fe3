import { z } from 'zod'
import { recordAudit } from '../../../accounts/audit.ts'
import type { Db } from '../../../db/database.ts'
import { newId } from '../../../lib/ids.ts'
import { erasePeopleOfStore, eraseProfile, findPeopleOfCustomer } from '../../../profiles/erase.ts'
import type { ShopBooks } from '../../shop-order.ts'
import { deleteDataRequests, insertDataRequest } from './compliance.sql.ts'
import { shopId } from './read-order.ts'
import { updateBodiesErased } from './webhooks.sql.ts'

const customer = z.object({ id: shopId.nullish(), email: z.string().nullish(), phone: z.string().nullish() })
const redactBody = z.object({ customer, orders_to_redact: z.array(shopId).default([]) })
const requestBody = z.object({ customer, orders_requested: z.array(shopId).default([]) })

export type Compliance = {
  accountId: string
  storeId: string
  /** The delivery that asks for it. */
  webhookId: string
  body: unknown
  books: Pick<ShopBooks, 'forgetCustomer' | 'forgetStore'>
  now: Date
}

/**
 * Erases a customer: their profile, who they are in orders and messages, and deliveries that wait and name them. The facts
 * stay: the ledger, the codes, the amounts. Source: Shopify, "Privacy law compliance", customers/redact.
 */
export async function redactCustomer(db: Db, given: Compliance): Promise<void> {
  const { customer: who, orders_to_redact: orderIds } = redactBody.parse(given.body)
  const key = { ...given, customerId: who.id ?? null, email: who.email ?? null, phone: who.phone ?? null }
  const profileIds = await findPeopleOfCustomer(db, key)
  await given.books.forgetCustomer(db, { ...key, orderIds, profileIds })
  for (const profileId of profileIds) await eraseProfile(db, { ...given, profileId })
  const texts = [who.email, who.phone].flatMap((text) => text || [])
  if (texts.length > 0) await updateBodiesErased(db, given, texts, given.webhookId)
  if (who.id) await deleteDataRequests(db, given, who.id)
  await note(db, given, 'customer.redacted', { customerId: who.id ?? null, profiles: profileIds.length })
}

/** Erases what a shop has told of people, 48 hours after it removed the app. Source: as above, shop/redact. */
export async function redactShop(db: Db, given: Compliance): Promise<void> {
  const erased = await erasePeopleOfStore(db, given)
  await given.books.forgetStore(db, given)
  if (erased.length > 0) {
    await given.books.forgetCustomer(db, { ...given, customerId: null, orderIds: [], profileIds: erased })
  }
  await updateBodiesErased(db, given, 'all', given.webhookId)
  await deleteDataRequests(db, given, 'all')
  await note(db, given, 'store.redacted', { profiles: erased.length })
}

/** Writes down that a customer wants to know what is known of them; the store's page says so and makes the file. */
export async function takeDataRequest(db: Db, given: Compliance): Promise<void> {
  const { customer: who, orders_requested: orderIds } = requestBody.parse(given.body)
  const id = newId()
  const { id: customerId = null, email = null, phone = null } = who
  await insertDataRequest(db, { ...given, id, customerId, email, phone, orderIds })
  await note(db, given, 'customer.data_requested', { requestId: id, customerId })
}

async function note(db: Db, given: Compliance, action: string, data: Record<string, unknown>): Promise<void> {
  await recordAudit(db, { ...given, actor: 'system', action, subject: `store:${given.storeId}`, data })
}
