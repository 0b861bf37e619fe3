import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import {
  deleteLinksOfStore,
  type StoreKey,
  selectPeopleOfCustomer,
  selectPeopleOfStoreOnly,
  updateErased,
} from './shop-customers.sql.ts'

export type CustomerKey = StoreKey & { customerId: string | null; email: string | null; phone: string | null }

const PAGE = 500

/** The profiles that a shop means by a customer: as it was told before, by address and by number. */
export async function findPeopleOfCustomer(db: Db, input: CustomerKey): Promise<string[]> {
  return await selectPeopleOfCustomer(db, input, input)
}

/**
 * Erases a person: what says who they are goes, what their codes did stays. Safe to repeat. What other rooms keep of a person
 * (orders, messages) is theirs to erase.
 */
export async function eraseProfile(db: Db, input: { accountId: string; profileId: string; now: Date }): Promise<void> {
  await inTransaction(db, (trx) => updateErased(trx, input.accountId, input.profileId, input.now))
}

/** Erases everybody whom we know only through a store, and who of the others is a customer there. Returns whom it erased. */
export async function erasePeopleOfStore(db: Db, input: StoreKey & { now: Date }): Promise<string[]> {
  const erased: string[] = []
  for (;;) {
    const page = await selectPeopleOfStoreOnly(db, input, PAGE)
    for (const profileId of page) await eraseProfile(db, { ...input, profileId })
    erased.push(...page)
    if (page.length < PAGE) break
  }
  await deleteLinksOfStore(db, input)
  return erased
}
