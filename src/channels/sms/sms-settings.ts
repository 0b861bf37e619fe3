export type TwilioSettings = {
  provider: 'twilio'
  accountSid: string
  authToken: string
  /** Sends from the numbers of a Messaging Service; else every message needs a From. */
  messagingServiceSid?: string
  /** Where Twilio reports what became of a message. */
  statusCallbackUrl?: string
  baseUrl?: string
}

/**
 * Any SMS service with an HTTP call. In `headers` and `body`, {{to}}, {{to_digits}} (without the +), {{from}}, {{body}} and {{id}}
 * stand for the message; they are escaped for the kind of body.
 */
export type HttpSmsSettings = {
  provider: 'http'
  method: 'POST' | 'PUT'
  url: string
  headers: Record<string, string>
  /** json: a JSON text in which the placeholders stand inside strings. form: `name=value` pairs. */
  bodyKind: 'json' | 'form'
  body: string
  /** Statuses that mean that the message was taken, for instance [200, 202]. */
  acceptedStatuses: number[]
  /** Where the reply has the provider's id, as keys and indexes separated by dots: `messages.0.id`. */
  idPath?: string
  /** Header that carries the message's id, where the provider promises that a repeat with it sends nothing. */
  idempotencyHeader?: string
  /** How long that promise holds. */
  repeatableForMs?: number
  /** Allows http: and addresses inside the own network. */
  allowsPrivateAddresses: boolean
}

export type SmsSettings = TwilioSettings | HttpSmsSettings
