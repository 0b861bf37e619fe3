import { createHmac, timingSafeEqual } from 'node:crypto'
import type { AccountFacts } from '../accounts/account.ts'
import type { CouponValue, RenderContext } from '../templates/template.ts'
import type { ClaimedCode, PersonFacts } from './messages.sql.ts'

/** What templates may read of a person and of the account that writes to them: Klaviyo's names. */
export function contextOf(person: PersonFacts, account: Pick<AccountFacts, 'name' | 'postalAddress'>): RenderContext {
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

/** Somebody to look at a template with before there are people. */
export const SAMPLE_PERSON: PersonFacts = {
  profileId: '00000000-0000-7000-8000-000000000000',
  email: 'ada@example.com',
  phone: null,
  firstName: 'Ada',
  lastName: 'Okafor',
  properties: {},
  emailConsent: 'subscribed',
}

export function couponValuesOf(codes: ClaimedCode[] | null): Record<string, CouponValue> {
  return Object.fromEntries((codes ?? []).map((code) => [code.name, couponValue(code)]))
}

function couponValue({ code, expiresAt, ...store }: ClaimedCode): CouponValue {
  const { storeUrl } = store
  const link =
    storeUrl === null ? undefined : (path: string): string => discountLink({ ...store, storeUrl }, path, code)
  return { code, expiresAt: expiresAt === null ? null : new Date(expiresAt), ...(link ? { link } : {}) }
}

/**
 * The address that applies a code and goes on to a page of the shop.
 *
 * A custom shop's checkout reads the code from `discount`. A Shopify shop keeps it for the visit at `/discount/CODE` and then
 * leads to the page, which it takes without an address before it. Source: shopify.dev, "Discount links".
 */
function discountLink(
  store: { storeUrl: string; storeKind: 'custom' | 'shopify' },
  path: string,
  code: string,
): string {
  const page = new URL(path, store.storeUrl)
  if (store.storeKind === 'custom') {
    page.searchParams.set('discount', code)
    return page.href
  }
  const url = new URL(`/discount/${encodeURIComponent(code)}`, store.storeUrl)
  url.searchParams.set('redirect', `${page.pathname}${page.search}`)
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
