import { sql } from 'kysely'
import type { Db } from '../src/db/database.ts'
import type { ShopOrder } from '../src/stores/shop-order.ts'
import { NOW } from './seed-redemptions.ts'

/** An order of 40.00 EUR after 10.00 off, made `seconds` after `NOW`. */
export function shopOrder(
  id: string,
  codes: string[],
  more: Partial<ShopOrder> & { seconds?: number } = {},
): ShopOrder {
  const { seconds = 0, ...fields } = more
  const at = new Date(NOW.getTime() + seconds * 1000)
  return {
    id,
    name: `#${id}`,
    codes: codes.map((code) => ({ code, discountMinor: 1000 })),
    email: null,
    customerId: null,
    currency: 'EUR',
    subtotalMinor: 4000,
    createdAt: at,
    updatedAt: at,
    cancelledAt: null,
    refundedMinor: 0,
    isRenewal: false,
    isTest: false,
    ...fields,
  }
}

/** Everything that is stored of an account's shop orders, without ids that differ from run to run. */
export async function readOrderState(db: Db, accountId: string): Promise<unknown> {
  const redemptions = await sql`
    select c.code, r.order_id as "orderId", r.state, r.is_renewal as "isRenewal", r.order_email as email, r.customer_id as customer,
      r.subtotal_minor as subtotal, r.discount_minor as discount, r.refunded_minor as refunded, r.cancelled_at as "cancelledAt",
      r.recipient_matches as "recipientMatches", r.redeemed_at as at, r.order_updated_at as "updatedAt"
    from redemptions r join codes c on c.account_id = r.account_id and c.id = r.code_id
    where r.account_id = ${accountId}::uuid order by c.code, r.order_id`.execute(db)
  const codes = await sql`
    select c.code, c.state, a.state as assignment,
      (select coalesce(sum(delta), 0) from redemption_ledger l where l.account_id = c.account_id and l.code_id = c.id) as ledger,
      (select count(*) from events e where e.account_id = c.account_id and e.code_id = c.id and e.metric = 'code_redeemed') as events
    from codes c left join assignments a on a.account_id = c.account_id and a.code_id = c.id
    where c.account_id = ${accountId}::uuid order by c.code`.execute(db)
  return { redemptions: redemptions.rows, codes: codes.rows }
}
