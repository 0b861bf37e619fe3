/** Every error code that leaves the house, with its HTTP status. Codes are public API: add, never rename. */
export const ERROR_STATUS = {
  invalid_input: 400,
  invalid_cursor: 400,
  unknown_currency: 400,
  unknown_time_zone: 400,
  invalid_csv: 400,
  wrong_encoding: 400,
  empty_file: 400,
  missing_column: 400,
  term_not_supported: 400,
  template_invalid: 400,
  too_many_profiles: 400,
  entry_required: 400,
  not_signed_in: 401,
  invalid_api_key: 401,
  invalid_webhook: 401,
  wrong_password: 401,
  missing_scope: 403,
  forbidden: 403,
  wrong_origin: 403,
  not_found: 404,
  account_not_found: 404,
  store_not_found: 404,
  coupon_not_found: 404,
  code_not_found: 404,
  code_job_not_found: 404,
  profile_not_found: 404,
  list_not_found: 404,
  import_not_found: 404,
  template_not_found: 404,
  campaign_not_found: 404,
  message_not_found: 404,
  sender_not_found: 404,
  suppression_not_found: 404,
  webhook_not_found: 404,
  data_request_not_found: 404,
  drift_not_found: 404,
  api_key_not_found: 404,
  name_taken: 409,
  name_was_used: 409,
  already_set_up: 409,
  coupon_archived: 409,
  coupon_expired: 409,
  coupon_type: 409,
  coupon_reserved: 409,
  reuse_policy_fixed: 409,
  no_code: 409,
  code_taken: 409,
  code_redeemed: 409,
  code_state: 409,
  code_not_sent: 409,
  not_reachable: 409,
  email_taken: 409,
  phone_taken: 409,
  list_in_use: 409,
  template_in_use: 409,
  campaign_state: 409,
  campaign_not_sendable: 409,
  code_job_state: 409,
  already_suppressed: 409,
  sender_provider: 409,
  sender_active: 409,
  sender_missing: 409,
  sender_kind: 409,
  sender_busy: 409,
  too_many_senders: 409,
  sending_domain_missing: 409,
  sending_domain_freemail: 409,
  store_ambiguous: 409,
  store_full: 409,
  store_not_connected: 409,
  shop_refused: 409,
  shop_currency_changed: 409,
  shop_scope_missing: 409,
  shop_installation: 409,
  idempotency_key_reused: 409,
  idempotency_key_in_use: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  too_many_requests: 429,
  internal: 500,
  shop_unavailable: 502,
  database_busy: 503,
} as const

export type ErrorCode = keyof typeof ERROR_STATUS

/**
 * The one error that travels to the edge. `message` says what to do next; ids and limits go into `data`.
 */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly data: Record<string, unknown>

  constructor(code: ErrorCode, message: string, data: Record<string, unknown> = {}, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    this.data = data
  }

  get status(): number {
    return ERROR_STATUS[this.code]
  }
}
