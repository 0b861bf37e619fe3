/**
 * What a refusal is about, because what follows differs: `address`: mail to it will not arrive, stop writing to it.
 * `content`: this message, never the person. `account`: the sender or its provider account; others of it will fail too.
 * `opted_out`: the provider knows that the person wants no messages.
 */
export type Fault = 'address' | 'content' | 'account' | 'opted_out'

/**
 * What became of a send.
 *
 * sent: the provider took it. rejected: it said no to this message for good. throttled: it wants fewer at a time; certainly not
 * sent, never counts as a try. deferred: not now, certainly not sent. blocked: it will take no message at all (wrong
 * credentials); certainly not sent. unknown: the answer was lost.
 */
export type SendOutcome =
  | { status: 'sent'; providerId: string }
  | { status: 'rejected'; fault: Fault; reason: string }
  /** `retryAfterMs`: what the provider asks for; null where it names no time. */
  | { status: 'throttled'; reason: string; retryAfterMs: number | null }
  | { status: 'deferred' | 'blocked' | 'unknown'; reason: string }

/**
 * Whether a message whose answer was lost can be settled.
 *
 * `key`: sending it again with the same messageId is harmless for `repeatableForMs` after its first attempt. `query`: ask
 * `lookUp`. `none`: it stays unknown until a webhook or a bounce names it.
 */
export type Idempotency = 'key' | 'query' | 'none'

/** A message whose answer was lost. `sentAt`: when the attempt began. */
export type LostMessage = { messageId: string; attempt: number; to: string; sentAt: Date }

/**
 * found: the provider has it. absent: it does not, as far as it tells now; providers list a message a little after they took it,
 * so that this is certain only a few minutes after the attempt. unavailable: it could not be asked; ask again later.
 */
export type LookUpResult =
  | { status: 'found'; providerId: string }
  | { status: 'absent' }
  | { status: 'unavailable'; reason: string }

/** `facts`: what the provider tells about the account, one short sentence each, for the person who set it up. */
export type VerifyResult = { ok: true; facts: string[] } | { ok: false; reason: string }

/** What every channel can, whatever it carries. */
export type ChannelAbilities<Lost> = AsyncDisposable & {
  idempotency: Idempotency
  /** How long after the first attempt a repeat with the same messageId is harmless. Infinity: for ever; 0 unless `key`. */
  repeatableForMs: number
  /** Sends that this process may have under way at once. */
  concurrency: number
  /** Only where `idempotency` is `query`. Never throws for what happens outside our walls. */
  lookUp?: (message: Lost) => Promise<LookUpResult>
  /** Tests address and credentials without sending anything, as far as the provider has a call for it. Never throws. */
  verify: () => Promise<VerifyResult>
}
