import type { SenderSetup } from '../../../contract/senders.ts'
import type { VerifyResult } from '../../channels/send-outcome.ts'
import { openSmsChannel } from '../../channels/sms/open-sms-channel.ts'
import type { SmsChannel, SmsProvider } from '../../channels/sms/sms-channel.ts'
import type { HttpSmsSettings, SmsSettings, TwilioSettings } from '../../channels/sms/sms-settings.ts'
import { isPublicHost } from '../../lib/http/public-address.ts'
import { lostSecrets, setupOf, webhookUrlOf } from '../senders/providers.ts'

/** What the installation adds to the settings of senders of text messages. */
export type SmsFacts = {
  secret: string
  publicUrl: string
  /** Whether a sender may be set to call addresses inside the own network. */
  allowsPrivateAddresses: boolean
  /** Stands in for Twilio's own address. */
  twilioBaseUrl?: string | undefined
}

/** A sender as it is stored. */
type StoredSender = Parameters<typeof setupOf>[0] & { id: string; name: string; fromAddress: string | null }
type Setup<Provider extends SenderSetup['provider']> = Extract<SenderSetup, { provider: Provider }>

/** Services keep their promise about repeats by their own clock, and a call that was claimed in time takes a while. */
const MARGIN_MS = 120_000

/**
 * Opens the provider of a sender of text messages. One whose secrets cannot be opened, or that has nothing to send from, takes no
 * message and says why: its campaigns pause with that reason. What was sent before can still be looked up.
 */
export function openSmsSender(row: StoredSender, facts: SmsFacts): SmsChannel {
  let setup: SenderSetup
  try {
    setup = setupOf(row, facts.secret)
  } catch {
    return refusing(row.provider as SmsProvider, lostSecrets(row))
  }
  const channel = openSmsChannel(toSmsSettings(row, setup, facts))
  const problem = fromProblemOf(row)
  if (problem !== undefined) return { ...channel, ...refusals(problem) }
  if (row.provider !== 'twilio' || isReachable(facts)) return channel
  return { ...channel, verify: async () => withFact(await channel.verify(), UNREACHABLE) }
}

const UNREACHABLE =
  'PUBLIC_URL is no address of the public internet: Twilio cannot report what became of messages, nor pass STOP on.'

function withFact(verified: VerifyResult, fact: string): VerifyResult {
  return verified.ok ? { ok: true, facts: [...verified.facts, fact] } : verified
}

function isReachable({ publicUrl }: SmsFacts): boolean {
  return isPublicHost(new URL(publicUrl).hostname)
}

/** What is missing for a text message to come from somebody, and what to do; undefined where nothing is. */
export function fromProblemOf(row: Omit<StoredSender, 'id' | 'sealed'>): string | undefined {
  if (row.fromAddress !== null) return undefined
  if (row.provider === 'twilio' && !row.settings.messagingServiceSid)
    return `The sender ${row.name} has nothing to send from. Enter its number, or a messaging service, in the settings.`
  if (row.provider === 'http' && /\{\{\s*from\s*\}\}/.test(String(row.settings.body)))
    return `The sender ${row.name} has no number to put in the place of {{from}}. Enter it in the settings, or take {{from}} out.`
  return undefined
}

function toSmsSettings(row: StoredSender, setup: SenderSetup, facts: SmsFacts): SmsSettings {
  if (setup.provider === 'twilio') return toTwilio(row, setup, facts)
  if (setup.provider === 'http') return toHttp(setup, facts)
  throw new Error(`${setup.provider} sends no text messages`)
}

/** Twilio refuses every message whose status callback it cannot reach: where it cannot, none is named. */
function toTwilio(row: StoredSender, { settings, secrets }: Setup<'twilio'>, facts: SmsFacts): TwilioSettings {
  const { accountSid, messagingServiceSid } = settings
  const statusCallbackUrl = isReachable(facts) ? webhookUrlOf(row, facts.publicUrl) : null
  return {
    provider: 'twilio',
    accountSid,
    authToken: secrets.authToken ?? '',
    ...(messagingServiceSid ? { messagingServiceSid } : {}),
    ...(statusCallbackUrl === null ? {} : { statusCallbackUrl }),
    ...(facts.twilioBaseUrl ? { baseUrl: facts.twilioBaseUrl } : {}),
  }
}

/** The settings of a call, with the values of its headers. */
export function toHttp({ settings, secrets }: Setup<'http'>, facts: SmsFacts): HttpSmsSettings {
  const { idPath, idempotency, ...rest } = settings
  const headers = Object.entries(secrets).flatMap(([name, value]) => (value === null ? [] : [[name, value]]))
  const repeats = idempotency && {
    idempotencyHeader: idempotency.header,
    repeatableForMs: idempotency.minutes * 60_000 - MARGIN_MS,
  }
  return {
    provider: 'http',
    ...rest,
    headers: Object.fromEntries(headers),
    ...(idPath ? { idPath } : {}),
    ...repeats,
    allowsPrivateAddresses: settings.allowsPrivateAddresses && facts.allowsPrivateAddresses,
  }
}

function refusals(reason: string): Pick<SmsChannel, 'send' | 'verify'> {
  return { send: async () => ({ status: 'blocked', reason }), verify: async () => ({ ok: false, reason }) }
}

function refusing(name: SmsProvider, reason: string): SmsChannel {
  const nothing = { idempotency: 'none', repeatableForMs: 0, concurrency: 1 } as const
  return { name, ...nothing, ...refusals(reason), [Symbol.asyncDispose]: async () => {} }
}
