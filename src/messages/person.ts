import type { AccountFacts } from '../accounts/account.ts'
import type { CouponValue, RenderContext } from '../templates/template.ts'
import type { ClaimedCode } from './claim.sql.ts'
import type { PersonFacts } from './messages.sql.ts'

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

/** What stands where a page of ours made the message again and the code was taken back. */
const WITHDRAWN_TEXT = 'WITHDRAWN'

/** A code of a message. `isHidden`: its text is not shown, and links lead to the shop without it. */
export type ShownCode = Omit<ClaimedCode, 'isWithdrawn'> & { isHidden?: boolean }

export function couponValuesOf(codes: ShownCode[] | null): Record<string, CouponValue> {
  return Object.fromEntries((codes ?? []).map((code) => [code.name, couponValue(code)]))
}

function couponValue({ code: text, expiresAt, isHidden = false, ...store }: ShownCode): CouponValue {
  const { storeUrl } = store
  const code = isHidden ? WITHDRAWN_TEXT : text
  const linkTo = (base: string, path: string): string =>
    isHidden ? new URL(path, base).href : discountLink({ ...store, storeUrl: base }, path, code)
  const link = storeUrl === null ? undefined : (path: string): string => linkTo(storeUrl, path)
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
