import type { FoundCode } from '../../contract/codes.ts'
import type { Db } from '../db/database.ts'
import { selectCodesByText } from './codes.sql.ts'
import { toCode } from './codes.ts'

/** The codes that are written so, in all stores of the account: two stores may have the same one. Case and blanks do not matter. */
export async function findCodes(db: Db, input: { accountId: string; code: string; now: Date }): Promise<FoundCode[]> {
  const typed = input.code.replaceAll('\0', '').trim()
  const entries = [...new Set([typed, typed.replaceAll(/\s+/gu, '')])].filter((entry) => entry !== '')
  const rows = await selectCodesByText(db, { ...input, entries })
  return rows.map((row) => {
    const { storeId, storeName, couponId, couponName } = row
    return { ...toCode({ showsCodes: true })(row), storeId, storeName, couponId, couponName }
  })
}
