import type { Db } from '../db/database.ts'
import { type ExportKey, selectExportOrders, selectExportProfiles } from './person-export.sql.ts'

/** Everything that is known of a customer of a shop, for the customer to read: made anew at each call, kept nowhere. */
export async function exportPerson(db: Db, input: ExportKey & { now: Date }): Promise<Record<string, unknown>> {
  const profiles = await selectExportProfiles(db, input)
  const orders = await selectExportOrders(
    db,
    input,
    profiles.map(({ id }) => id),
  )
  return {
    madeAt: input.now.toISOString(),
    customer: { id: input.customerId, email: input.email, phone: input.phone, orders: input.orderIds },
    profiles: profiles.map(({ profile }) => profile),
    orders,
  }
}
