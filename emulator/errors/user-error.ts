/** One entry of `userErrors`. `code` is left null where the API has none; `UserError` types simply do not show it. */
export interface UserError {
  field: string[] | null
  message: string
  code: string | null
  extraInfo: null
}

export function userError(field: string[] | null, code: string | null, message: string): UserError {
  return { field, message, code, extraInfo: null }
}
