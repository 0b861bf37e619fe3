import type { Discount, RedeemCode } from './discount.ts'

/** What became of one submitted code: not yet imported, a redeem code, or the text of its error. */
type CodeOutcome = RedeemCode | string | null

/** One `discountRedeemCodeBulkAdd`: up to 250 codes that the worker imports in the order of submission. */
export interface BulkCreation {
  id: number
  discount: Discount
  codes: string[]
  outcomes: CodeOutcome[]
  importedCount: number
  failedCount: number
  createdAt: number
  done: boolean
}
