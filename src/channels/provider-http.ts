import { type HttpClient, type HttpReply, openHttpClient } from '../lib/http/http-client.ts'
import type { SendOutcome, VerifyResult } from './send-outcome.ts'

/** A provider's answer takes a second; what takes longer than this is lost. Below the message lease. */
const TIMEOUT_MS = 15_000
const MAX_REPLY_BYTES = 256 * 1024
/** Longest part of a provider's words that is kept as a reason. */
const MAX_REASON = 500

/** What tests and unusual networks change. `timeoutMs`: how long a provider may take to answer. */
export type ProviderLimits = { timeoutMs?: number }

/** A client for the API of a provider whose address we know: reaches whatever its base URL says. */
export function openProviderClient(connections: number, { timeoutMs = TIMEOUT_MS }: ProviderLimits): HttpClient {
  return openHttpClient({ connections, timeoutMs, maxReplyBytes: MAX_REPLY_BYTES, reach: 'any' })
}

/** A whole reply with its body as JSON; undefined where it is none. */
export type ProviderReply = { status: number; headers: Record<string, string>; json: unknown }

/** How a provider's replies are read. */
export type ReplyRules = {
  /** The provider's id in the reply of a message that was taken; undefined where the reply is strange. */
  readId: (reply: ProviderReply) => string | undefined
  /** The provider's words in the reply of a refusal. */
  readReason: (json: unknown) => string | undefined
  /** Which statuses say that the message was taken; every 2xx where this is left out. */
  isTaken?: (status: number) => boolean
  /** What a refusal means where its status alone does not tell. */
  readRefusal: (reply: ProviderReply, reason: string) => SendOutcome | undefined
}

/**
 * What became of a message, by the reply to the call that sends it.
 *
 * Taken with a reply that cannot be read: unknown. An error of the provider itself (5xx): unknown too, for it may have taken the
 * message before it failed; 503 says that it did not begin.
 */
export function readOutcome(reply: HttpReply, rules: ReplyRules): SendOutcome {
  if (reply.kind === 'lost') return { status: 'unknown', reason: reply.reason }
  if (reply.kind === 'unsent') return { status: reply.isRefused ? 'blocked' : 'deferred', reason: reply.reason }
  const read: ProviderReply = { status: reply.status, headers: reply.headers, json: parseJson(reply.body) }
  if ((rules.isTaken ?? isPositive)(reply.status)) {
    const providerId = rules.readId(read)
    if (providerId) return { status: 'sent', providerId }
    return { status: 'unknown', reason: `HTTP ${reply.status} with a reply that cannot be read` }
  }
  const reason = describe(reply.status, rules.readReason(read.json))
  return rules.readRefusal(read, reason) ?? outcomeOfStatus(read, reason)
}

function isPositive(status: number): boolean {
  return status >= 200 && status < 300
}

function outcomeOfStatus({ status, headers }: ProviderReply, reason: string): SendOutcome {
  if (status === 429) return { status: 'throttled', reason, retryAfterMs: readRetryAfter(headers) }
  if (status === 408 || status === 503) return { status: 'deferred', reason }
  if (status >= 500 || isPositive(status)) return { status: 'unknown', reason }
  // 3xx, 404 and 405: the address of the API is wrong
  if (status < 400 || [401, 403, 404, 405, 410].includes(status)) return { status: 'blocked', reason }
  return { status: 'rejected', fault: 'content', reason }
}

/** What Retry-After asks for, in ms: seconds, or a date, which counts from the reply's own. Null where it says nothing. */
export function readRetryAfter(headers: Record<string, string>): number | null {
  const text = headers['retry-after'] ?? ''
  if (/^\d{1,7}(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000)
  const wait = Date.parse(text) - Date.parse(headers.date ?? '')
  return Number.isNaN(wait) ? null : Math.max(0, wait)
}

/** The result of a call that only asks: the facts of a 2xx reply, else why not. */
export function readVerified(
  reply: HttpReply,
  readReason: ReplyRules['readReason'],
  readFacts: (json: unknown) => string[] | undefined,
): VerifyResult {
  if (reply.kind !== 'reply') return { ok: false, reason: reply.reason }
  const json = parseJson(reply.body)
  if (!isPositive(reply.status)) return { ok: false, reason: describe(reply.status, readReason(json)) }
  const facts = readFacts(json)
  return facts ? { ok: true, facts } : { ok: false, reason: 'The provider answered with a reply that cannot be read.' }
}

/** A provider's words with the status, cut to a reasonable length. */
function describe(status: number, words: string | undefined): string {
  return words ? `${status}: ${words}`.slice(0, MAX_REASON) : `HTTP ${status}`
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Joins an address of an API with a path, whatever slashes the address ends in. */
export function joinUrl(base: string, path: string): string {
  return `${base.replace(/\/+$/, '')}${path}`
}
