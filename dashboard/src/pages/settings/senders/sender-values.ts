import type { Sender, SenderSetup } from '../../../../../contract/senders.ts'
import type { CreateSender, UpdateSender } from '../../../api/types.ts'
import { FIELDS, type Provider } from './providers.ts'

/** A header of a call. `isKept`: its value is on the server, and stays where none is typed. */
export type Header = { key: string; name: string; value: string; isKept: boolean }
type Fields = Record<string, string | number>
export type SenderValues = {
  provider: Provider
  name: string
  fromName: string
  fromAddress: string
  replyTo: string
  perSecond: number | string
  perDay: number | string
  warmUp: boolean
  fields: Fields
  /** Of another SMS service. */
  headers: Header[]
  /** Headers that were kept and are taken off. */
  dropped: string[]
  allowsPrivateAddresses: boolean
}

const textOrNull = (text: string) => text.trim() || null
const numberOrNull = (value: number | string) => (typeof value === 'number' ? value : null)

/** What the form shows of a sender, or of a new one. */
export function toValues(sender: Sender | null): SenderValues {
  const provider = sender?.provider ?? 'smtp'
  return {
    provider,
    name: sender?.name ?? '',
    fromName: sender?.fromName ?? '',
    fromAddress: sender?.fromAddress ?? '',
    replyTo: sender?.replyTo ?? '',
    perSecond: sender?.perSecond ?? '',
    perDay: sender?.perDay ?? '',
    warmUp: sender?.warmUpFrom != null,
    fields: fieldsOf(provider, sender),
    headers:
      provider === 'http'
        ? (sender?.secretsSet ?? []).map((name) => ({ key: name, name, value: '', isKept: true }))
        : [],
    dropped: [],
    allowsPrivateAddresses: sender?.settings.allowsPrivateAddresses === true,
  }
}

/** The fields of a provider, filled in from a sender, or as they begin. */
export function fieldsOf(provider: Provider, sender: Sender | null): Fields {
  const known: Record<string, unknown> = sender?.settings ?? {}
  return Object.fromEntries(
    FIELDS[provider].map(({ key, kind, initial = '' }) => {
      const value = kind === 'secret' ? undefined : asField(readSetting(known, key))
      const shown = value ?? (sender ? '' : initial)
      return [key, kind === 'number' && shown !== '' ? Number(shown) : shown]
    }),
  )
}

function readSetting(settings: Record<string, unknown>, key: string): unknown {
  const { idempotency } = settings as { idempotency?: { header: string; minutes: number } }
  if (key === 'idempotencyHeader') return idempotency?.header
  return key === 'idempotencyMinutes' ? idempotency?.minutes : settings[key]
}

function asField(value: unknown): string | number | undefined {
  if (Array.isArray(value)) return value.join(', ')
  return typeof value === 'string' || typeof value === 'number' ? value : undefined
}

/** What the API takes. */
export function toBody(values: SenderValues): UpdateSender & CreateSender {
  return {
    name: values.name,
    fromName: textOrNull(values.fromName),
    fromAddress: textOrNull(values.fromAddress),
    replyTo: textOrNull(values.replyTo),
    perSecond: numberOrNull(values.perSecond),
    perDay: numberOrNull(values.perDay),
    warmUp: values.warmUp,
    setup: toSetup(values),
  }
}

/** Settings that are filled in, and the secrets that were typed now. */
function toSetup(values: SenderValues): SenderSetup {
  const { provider, fields } = values
  const filled = FIELDS[provider].filter(({ key }) => fields[key] !== '' && fields[key] !== undefined)
  const entries = (secret: boolean) =>
    filled
      .filter(({ kind }) => (kind === 'secret') === secret)
      .map(({ key }) => [key, typeof fields[key] === 'string' ? fields[key].trim() : fields[key]])
  const settings = Object.fromEntries(entries(false))
  if (provider === 'http') return toHttp(settings, values)
  return { provider, settings, secrets: Object.fromEntries(entries(true)) } as SenderSetup
}

function toHttp(settings: Record<string, unknown>, values: SenderValues): SenderSetup {
  const { acceptedStatuses = '', idempotencyHeader, idempotencyMinutes, ...rest } = settings
  const statuses = String(acceptedStatuses).split(/[\s,;]+/)
  const typed = values.headers.filter(({ name, value, isKept }) => name.trim() !== '' && !(isKept && value === ''))
  const isRepeatable = idempotencyHeader !== undefined || idempotencyMinutes !== undefined
  return {
    provider: 'http',
    settings: {
      ...rest,
      acceptedStatuses: statuses.filter(Boolean).map(Number),
      allowsPrivateAddresses: values.allowsPrivateAddresses,
      ...(isRepeatable ? { idempotency: { header: idempotencyHeader ?? '', minutes: idempotencyMinutes ?? 0 } } : {}),
    },
    secrets: Object.fromEntries([
      ...values.dropped.map((name) => [name, null]),
      ...typed.map(({ name, value }) => [name.trim().toLowerCase(), value]),
    ]),
  } as unknown as SenderSetup
}

/** Names the server's fields as the form does: `setup.settings.host` is `fields.host`; a header is found by its name. */
export function toFormErrors(errors: Record<string, string>, headers: Header[]): Record<string, string> {
  const rename = (path: string): string => {
    const at = headers.findIndex(({ name }) => path.toLowerCase() === `setup.secrets.${name.trim().toLowerCase()}`)
    if (at >= 0) return `headers.${at}.value`
    return path
      .replace(/^setup\.settings\.idempotency\.minutes$/, 'fields.idempotencyMinutes')
      .replace(/^setup\.settings\.idempotency(\.header)?$/, 'fields.idempotencyHeader')
      .replace(/^setup\.settings\.acceptedStatuses\.\d+$/, 'fields.acceptedStatuses')
      .replace(/^setup\.settings\.allowsPrivateAddresses$/, 'allowsPrivateAddresses')
      .replace(/^setup\.(settings|secrets)\./, 'fields.')
  }
  return Object.fromEntries(Object.entries(errors).map(([path, text]) => [rename(path), text]))
}
