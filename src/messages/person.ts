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
