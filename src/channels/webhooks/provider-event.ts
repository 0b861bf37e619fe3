/** A request as it came in. The body is raw: signatures are made over its bytes. Header names are in lower case. */
export type WebhookRequest = {
  method: string
  /** The full URL as the provider called it, with its query: some sign it. */
  url: string
  headers: Record<string, string | string[] | undefined>
  rawBody: Buffer
}

/**
 * What a provider tells about a message or an address.
 *
 * bounced: the mail server of the address refused it. deferred: it is still being tried. failed: the provider gave up for a
 * reason that is not the address's. opted_out, opted_in, help: the person wrote STOP, START or HELP. incoming: any other text.
 */
export type ProviderEvent = {
  /** Names what was told for ever: a repeat of it, by the provider or by somebody else, has the same id. Act on each once. */
  eventId: string
  kind: 'delivered' | 'bounced' | 'complained' | 'deferred' | 'opted_out' | 'opted_in' | 'help' | 'failed' | 'incoming'
  /** The provider's id of the message. */
  providerId: string | null
  /** Our id of the message, where it travels with the message. */
  messageId: string | null
  /** Whom it is about: the email address or the E.164 number of the person. */
  address: string | null
  /** Whether the address itself is bad or closed: stop writing to it. */
  isPermanent: boolean
  /** The provider's words; of `incoming`, the text. */
  reason: string | null
  at: Date
}

/**
 * `events`: what was told, perhaps nothing that concerns us. `refused`: the request is not the provider's, or too old; answer 401
 * and change nothing. `subscription`: SNS asks to confirm that we want its messages: fetch this URL once.
 */
export type WebhookResult =
  | { events: ProviderEvent[] }
  | { refused: string }
  | { subscription: { url: string; topicArn: string } }

/**
 * Reads one provider's request. Pure: checks the signature with `secret`, and the time where one is signed: 5 minutes around
 * `now`. What is signed and not understood is no event.
 */
export type ReadWebhook<Secret> = (request: WebhookRequest, secret: Secret, now: Date) => WebhookResult
