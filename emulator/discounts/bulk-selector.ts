import { type UserError, userError } from '../errors/user-error.ts'
import { fieldsOf, parseQuery } from '../search/parse-query.ts'

/** Which discounts or codes a bulk operation is about; exactly one is given. */
export interface Selector {
  ids?: string[] | null
  search?: string | null
  savedSearchId?: string | null
}

/** Filters that bulk operations on discounts take. A search on `code` is refused. Source: shopify.md, section 3. */
const DISCOUNT_FIELDS = new Set([
  'combines_with',
  'created_at',
  'discount_class',
  'discount_type',
  'ends_at',
  'id',
  'method',
  'starts_at',
  'status',
  'times_used',
  'title',
  'type',
  'updated_at',
])

const CODE_FIELDS = new Set(['code', 'id', 'times_used', 'created_at'])

/** Faults of a selector of code discounts or of redeem codes. Source: recording discount-bulk-selector-validation. */
export function validateSelector(selector: Selector, of: 'discounts' | 'codes'): UserError[] {
  const { ids, search, savedSearchId } = selector
  const given = [ids, search, savedSearchId].filter((part) => part !== null && part !== undefined)
  if (given.length === 0) {
    return [userError(null, 'MISSING_ARGUMENT', "Missing expected argument key: 'ids', 'search' or 'saved_search_id'.")]
  }
  if (given.length > 1)
    return [userError(null, 'TOO_MANY_ARGUMENTS', "Only one of 'ids', 'search' or 'saved_search_id' is allowed.")]
  if (savedSearchId) return [userError(['savedSearchId'], 'INVALID', "Invalid 'saved_search_id'.")]
  if (typeof search !== 'string') return []
  if (!search.trim()) return [userError(['search'], 'BLANK', "'Search' can't be blank.")]
  const known = of === 'discounts' ? DISCOUNT_FIELDS : CODE_FIELDS
  const unknown = fieldsOf(parseQuery(search)).filter((field) => !known.has(field))
  if (unknown.length === 0) return []
  return [userError(['search'], 'INVALID', `Invalid search field(s): ${unknown.join(', ')}. Check the query syntax.`)]
}

/** The automatic operations word the same faults differently and accept a blank search. */
export function validateAutomaticSelector(selector: Selector): UserError[] {
  const { ids, search, savedSearchId } = selector
  const given = [ids, search, savedSearchId].filter((part) => part !== null && part !== undefined)
  if (given.length === 0)
    return [userError(null, 'MISSING_ARGUMENT', 'One of IDs, search argument or saved search ID is required.')]
  if (given.length > 1)
    return [userError(null, 'TOO_MANY_ARGUMENTS', 'Only one of IDs, search argument or saved search ID is allowed.')]
  return savedSearchId ? [userError(['savedSearchId'], 'INVALID', 'Invalid savedSearchId.')] : []
}
