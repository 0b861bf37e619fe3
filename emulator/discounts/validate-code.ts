import type { Shop } from '../shop/shop.ts'

/** Longest code. Source: recording discount-code-required-blank-validation. */
const MAX_CODE_LENGTH = 255

export interface CodeFault {
  code: 'TOO_SHORT' | 'TOO_LONG' | 'INVALID' | 'TAKEN'
  /** The text of a bulk creation; a create or update puts "Code " before it. */
  text: string
}

/** What is wrong with the form of a code; undefined when nothing is. Lengths count UTF-16 units. */
export function findCodeFault(code: string): CodeFault | undefined {
  if (code.length === 0) return { code: 'TOO_SHORT', text: 'is too short (minimum is 1 character)' }
  if (code.length > MAX_CODE_LENGTH)
    return { code: 'TOO_LONG', text: `is too long (maximum is ${MAX_CODE_LENGTH} characters)` }
  if (/[\r\n]/.test(code)) return { code: 'INVALID', text: 'cannot contain newline characters.' }
  return undefined
}

/** Codes are unique over the whole store, whatever their case. */
export function isTaken(shop: Shop, code: string): boolean {
  return shop.codes.has(code.toUpperCase())
}
