import type { Db } from '../../../db/database.ts'
import { noteCheckout, type ShopCustomer, takeOverCustomer } from '../../../profiles/shop-customers.ts'
import type { ShopBooks, ShopOrder } from '../../shop-order.ts'
import { markShopToBeRead, markShopUninstalled } from '../connect/shop-state.ts'
import { requestReconcile } from '../reconcile/request-reconcile.ts'
import type { ShopKey } from '../shop-key.ts'
import { redactCustomer, redactShop, takeDataRequest } from './compliance.ts'
import { readCheckoutBody, readConsentBody, readCustomerBody, readOrderCustomer } from './read-customer.ts'
import { readOrderBody } from './read-order.ts'

export type Told = ShopKey & {
  webhookId: string
  topic: string
  body: unknown
  books: ShopBooks
  /** The order of a refund, as the shop has it now; read before the transaction. */
  order: ShopOrder | undefined
  /** When the shop says that it happened. */
  triggeredAt: Date | null
  now: Date
}

type Handler = (db: Db, told: Told) => Promise<unknown>

/** What each topic does, inside the transaction that marks its delivery as applied. Others are stored and do nothing. */
const HANDLERS: Readonly<Record<string, Handler>> = {
  'orders/create': applyOrder,
  'orders/paid': applyOrder,
  'orders/updated': applyOrder,
  'orders/cancelled': applyOrder,
  'refunds/create': async (db, told) =>
    told.order && (await told.books.recordOrder(db, { ...told, order: told.order })),
  'checkouts/create': applyCheckout,
  'checkouts/update': applyCheckout,
  'customers/create': (db, told) => applyCustomer(db, told, readCustomerBody(told.body)),
  'customers/update': (db, told) => applyCustomer(db, told, readCustomerBody(told.body)),
  'customers_email_marketing_consent/update': (db, told) => applyCustomer(db, told, readConsentBody(told.body)),
  'customers/redact': redactCustomer,
  'customers/data_request': takeDataRequest,
  'shop/redact': redactShop,
  'discounts/update': (db, told) => requestReconcile(db, told),
  'discounts/delete': (db, told) => requestReconcile(db, told),
  'discounts/redeemcode_removed': (db, told) => requestReconcile(db, told),
  'app/uninstalled': (db, told) => markShopUninstalled(db, { ...told, at: told.triggeredAt ?? told.now }),
  'app/scopes_update': (db, told) => markShopToBeRead(db, told),
}

/** Throws `ZodError` where the body is not what its topic promises. */
export async function applyTopic(db: Db, told: Told): Promise<void> {
  await HANDLERS[told.topic]?.(db, told)
}

/** The customer first: then the order is judged with what is known of them. */
async function applyOrder(db: Db, told: Told): Promise<void> {
  const customer = readOrderCustomer(told.body)
  if (customer) await applyCustomer(db, told, customer)
  await told.books.recordOrder(db, { ...told, order: readOrderBody(told.body) })
}

async function applyCustomer(db: Db, told: Told, customer: ShopCustomer): Promise<void> {
  const known = await takeOverCustomer(db, { ...told, customer })
  if (known?.isNewLink && customer.id) await told.books.recordCustomerKnown(db, { ...told, customerId: customer.id })
}

async function applyCheckout(db: Db, told: Told): Promise<void> {
  const checkout = readCheckoutBody(told.body)
  if (checkout) await noteCheckout(db, { ...told, ...checkout })
}
