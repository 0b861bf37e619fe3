import { createHmac, timingSafeEqual } from 'node:crypto'
import type { AccountFacts } from '../accounts/account.ts'
import type { CouponValue, RenderContext } from '../templates/template.ts'
import type { ClaimedCode, PersonFacts } from './messages.sql.ts'

/** What templates may read of a person and of the account that writes to them: Klaviyo's names. */
export function contextOf(
  person: Omit<PersonFacts, 'profileId'>,
  account: Pick<AccountFacts, 'name' | 'postalAddress'>,
): RenderContext {
  const fields = {
    email: person.email ?? '',
    phone_number: person.phone ?? '',
    first_name: person.firstName ?? '',
    last_name: person.lastName ?? '',
  }
  return {
    ...fields,
    person: { ...person.properties, ...fields },
    organization: { name: account.name, full_address: account.postalAddress ?? '' },
  }
}

/** Words behind `person.` that read all of its properties. */
const ALL_OF_IT = ['items', 'keys', 'values']

/**
 * A context without those properties of the person that no template of a mail reads (`paths`: what it reads), so that what is
 * left is small enough to be kept with the message.
 */
export function keptContext(context: RenderContext, paths: readonly string[]): RenderContext {
  const person = context.person as RenderContext
  const read = paths.filter((path) => path === 'person' || path.startsWith('person.')).map((path) => path.split('.')[1])
  if (read.some((name) => name === undefined || ALL_OF_IT.includes(name))) return context
  const kept = read.filter((name) => name !== undefined && Object.hasOwn(person, name)) as string[]
  return { ...context, person: Object.fromEntries(kept.map((name) => [name, person[name]])) }
}

/** Somebody to look at a template with before there are people. */
export const SAMPLE_PERSON: PersonFacts = {
  profileId: '00000000-0000-7000-8000-000000000000',
  email: 'ada@example.com',
  phone: null,
  firstName: 'Ada',
  lastName: 'Okafor',
  properties: {},
  emailConsent: 'subscribed',
  smsConsent: 'subscribed',
}

export function couponValuesOf(codes: ClaimedCode[] | null): Record<string, CouponValue> {
  return Object.fromEntries((codes ?? []).map((code) => [code.name, couponValue(code)]))
}

function couponValue({ code, expiresAt, storeUrl }: ClaimedCode): CouponValue {
  const link = storeUrl === null ? undefined : (path: string): string => discountLink(storeUrl, path, code)
  return { code, expiresAt: expiresAt === null ? null : new Date(expiresAt), ...(link ? { link } : {}) }
}

/** The shop's page with the code in `discount`, which the shop's checkout reads. */
export function discountLink(storeUrl: string, path: string, code: string): string {
  const url = new URL(path, storeUrl)
  url.searchParams.set('discount', code)
  return url.href
}

type Token = { accountId: string; profileId: string; messageId: string }

/** The page on which one person unsubscribes. The link works as long as the installation's secret stays. */
export function unsubscribeLink(publicUrl: string, secret: string, token: Token): string {
  const text = [token.accountId, token.profileId, token.messageId].map((id) => id.replaceAll('-', '')).join('')
  const body = Buffer.from(text, 'hex').toString('base64url')
  return `${publicUrl.replace(/\/$/, '')}/unsubscribe/${body}.${sign(secret, body)}`
}

/** Undefined for a link that we did not make. */
export function readUnsubscribeToken(secret: string, token: string): Token | undefined {
  const [body = '', signature = ''] = token.split('.')
  const expected = Buffer.from(sign(secret, body))
  const given = Buffer.from(signature)
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined
  const text = Buffer.from(body, 'base64url').toString('hex')
  const id = (at: number): string =>
    text.slice(at, at + 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  return text.length === 96 ? { accountId: id(0), profileId: id(32), messageId: id(64) } : undefined
}

function sign(secret: string, body: string): string {
  return createHmac('sha256', secret).update(`unsubscribe ${body}`).digest('base64url').slice(0, 22)
}
