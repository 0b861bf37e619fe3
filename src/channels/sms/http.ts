import { openHttpClient } from '../../lib/http/http-client.ts'
import { type ProviderLimits, parseJson, readOutcome } from '../provider-http.ts'
import type { SendOutcome, VerifyResult } from '../send-outcome.ts'
import type { OutgoingSms, SmsChannel } from './sms-channel.ts'
import type { HttpSmsSettings } from './sms-settings.ts'

const CONNECTIONS = 5
const TIMEOUT_MS = 15_000
const MAX_REPLY_BYTES = 64 * 1024

const PLACEHOLDER = /\{\{\s*(\w*)\s*\}\}/g
const NAMES = new Set(['to', 'to_digits', 'from', 'body', 'id'])
/** Stands for a message where the settings are only looked at: has everything that must be escaped. */
const SAMPLE = { messageId: '0', from: '"\\&+', to: '+491700000000', body: 'a"b\\c\n& é' }

/**
 * Any SMS service with one HTTP call.
 *
 * Idempotency: key, where the settings name the header for it and how long the provider keeps it; else none. Webhooks: none.
 * Calls https addresses of the public internet only, unless the settings allow others; follows no redirect. Taken is what has an
 * accepted status and, where `idPath` is set, an id there: many services answer 200 to what they refuse.
 */
export function openHttpSms(settings: HttpSmsSettings, { timeoutMs = TIMEOUT_MS }: ProviderLimits = {}): SmsChannel {
  const repeatableForMs = settings.idempotencyHeader ? (settings.repeatableForMs ?? 0) : 0
  const client = openHttpClient({
    connections: CONNECTIONS,
    timeoutMs,
    maxReplyBytes: MAX_REPLY_BYTES,
    reach: settings.allowsPrivateAddresses ? 'any' : 'public',
  })

  async function send(sms: OutgoingSms): Promise<SendOutcome> {
    const problem = findTemplateProblem(settings)
    if (problem) return { status: 'blocked', reason: problem.message }
    const reply = await client.call({
      method: settings.method,
      url: settings.url,
      headers: headersFor(settings, sms),
      body: fill(settings.body, sms, ESCAPES[settings.bodyKind]),
    })
    return readOutcome(reply, {
      isTaken: (status) => settings.acceptedStatuses.includes(status),
      readId: ({ json }) => (settings.idPath ? readPath(json, settings.idPath) : sms.messageId),
      readReason: () => undefined,
      readRefusal: () => undefined,
    })
  }

  return {
    name: 'http',
    idempotency: repeatableForMs > 0 ? 'key' : 'none',
    repeatableForMs,
    concurrency: CONNECTIONS,
    send,
    verify: async () => checkSettings(settings),
    [Symbol.asyncDispose]: async () => client[Symbol.dispose](),
  }
}

/** How a value stands in each place. In headers everything but visible ASCII is left out, so that none adds a line. */
const ESCAPES = {
  json: (value: string) => JSON.stringify(value).slice(1, -1),
  form: encodeURIComponent,
  header: (value: string) => value.replace(/[^\x20-\x7e]/g, ''),
}

function fill(
  template: string,
  { messageId, from, to, body }: Pick<OutgoingSms, 'messageId' | 'from' | 'to' | 'body'>,
  escapeValue: (value: string) => string,
): string {
  const values: Record<string, string> = { to, to_digits: to.replace(/^\+/, ''), from: from ?? '', body, id: messageId }
  return template.replace(PLACEHOLDER, (_whole, name: string) => escapeValue(values[name] ?? ''))
}

function headersFor(settings: HttpSmsSettings, sms: OutgoingSms): Record<string, string> {
  const type = settings.bodyKind === 'json' ? 'application/json' : 'application/x-www-form-urlencoded'
  const own = Object.entries(settings.headers).map(([name, value]) => [
    name.toLowerCase(),
    fill(value, sms, ESCAPES.header),
  ])
  const key = settings.idempotencyHeader ? { [settings.idempotencyHeader.toLowerCase()]: sms.messageId } : {}
  return { 'content-type': type, ...Object.fromEntries(own), ...key }
}

/** `header`: the name of the one that it is about; null where it is about the body. */
export type TemplateProblem = { header: string | null; message: string }

/** What is wrong with the template of a call, and what to do; undefined where it is fine. */
export function findTemplateProblem({
  headers,
  body,
  bodyKind,
}: Pick<HttpSmsSettings, 'headers' | 'body' | 'bodyKind'>): TemplateProblem | undefined {
  for (const [header, text] of [...Object.entries(headers), [null, body] as const]) {
    const unknown = [...text.matchAll(PLACEHOLDER)].find(([, name = '']) => !NAMES.has(name))
    if (unknown) {
      return {
        header,
        message: `{{${unknown[1]}}} is not known: use {{to}}, {{to_digits}}, {{from}}, {{body}} or {{id}}.`,
      }
    }
  }
  if (!/\{\{\s*to(_digits)?\s*\}\}/.test(body) || !/\{\{\s*body\s*\}\}/.test(body))
    return { header: null, message: 'The body must contain {{to}}, or {{to_digits}}, and {{body}}.' }
  if (bodyKind === 'json' && parseJson(fill(body, SAMPLE, ESCAPES.json)) === undefined)
    return {
      header: null,
      message: 'The body is no JSON once it is filled in: put every placeholder inside quotes.',
    }
  return undefined
}

function checkSettings(settings: HttpSmsSettings): VerifyResult {
  const problem = findTemplateProblem(settings)
  if (problem) return { ok: false, reason: problem.message }
  return {
    ok: true,
    facts: ['The settings are well formed. Only a test message shows whether the service takes them.'],
  }
}

/** The text or number at a path such as `messages.0.id`. */
function readPath(json: unknown, path: string): string | undefined {
  let at = json
  for (const step of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined
    at = (at as Record<string, unknown>)[step]
  }
  return typeof at === 'string' || typeof at === 'number' ? String(at) : undefined
}
