import type { Db } from '../../../db/database.ts'
import type { ShopBooks } from '../../shop-order.ts'
import type { RequestOptions, ShopifyClient } from '../client/client.ts'
import { ListOrders, type ListOrdersQuery } from '../generated/orders.ts'
import { codesOfNode, type OrderNode, orderOfNode } from './read-orders.ts'
import { updateOrdersRead } from './reconciles.sql.ts'

/** Orders of one call. */
const PAGE = 25

export type OrderReader = {
  client: ShopifyClient
  books: ShopBooks
  seesCustomers: boolean
  /** False without the scope read_orders: then no order can be looked for. */
  seesOrders: boolean
  options: RequestOptions
  now: Date
}

/**
 * Reads every order that the shop changed since `from`, oldest change first, and writes down those with a code of ours. The
 * sure point moves with each page that was applied: whatever ends the round, the next one goes on from there.
 */
export async function reconcileOrders(db: Db, reader: OrderReader, from: Date): Promise<void> {
  const query = `updated_at:>='${from.toISOString()}'`
  let after: string | null = null
  do {
    reader.options.signal?.throwIfAborted()
    const { orders }: ListOrdersQuery = await reader.client.request(
      ListOrders,
      { query, first: PAGE, after, seesCustomers: reader.seesCustomers },
      reader.options,
    )
    const found = await recordNodes(db, reader, orders.nodes)
    const last = orders.nodes.at(-1)
    if (last)
      await updateOrdersRead(db, reader.client.shop, {
        until: new Date(last.updatedAt),
        read: orders.nodes.length,
        found,
      })
    after = orders.pageInfo.hasNextPage ? orders.pageInfo.endCursor : null
  } while (after)
}

/** Looks for the orders of one code. Returns how many there are; they are written down. */
export async function reconcileCode(db: Db, reader: OrderReader, code: string): Promise<number> {
  if (!reader.seesOrders) return 0
  const query = `discount_code:"${code.replaceAll(/["\\]/g, '\\$&')}"`
  const { orders } = await reader.client.request(
    ListOrders,
    { query, first: PAGE, after: null, seesCustomers: reader.seesCustomers },
    reader.options,
  )
  return await recordNodes(
    db,
    reader,
    orders.nodes.filter((node) => codesOfNode(node).includes(code.toUpperCase())),
  )
}

async function recordNodes(db: Db, reader: OrderReader, nodes: readonly OrderNode[]): Promise<number> {
  const { books, client, now, options } = reader
  const { shop } = client
  const known = await books.findKnownCodes(db, { ...shop, codes: [...new Set(nodes.flatMap(codesOfNode))] })
  let found = 0
  for (const node of nodes) {
    if (!codesOfNode(node).some((code) => known.has(code))) continue
    await books.recordOrder(db, { ...shop, order: await orderOfNode(client, node, options), now })
    found += 1
  }
  return found
}
