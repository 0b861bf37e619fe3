import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { newId } from '../lib/ids.ts'
import { readEmail } from './email.ts'
import { readPhone } from './phone.ts'
import { type Consent, insertProfiles } from './profiles.sql.ts'
import {
  insertLink,
  type LastWord,
  lockPerson,
  type StoreKey,
  selectLastWords,
  selectLinkedProfile,
  selectProfileByAddress,
  updateConsentTold,
  updateLastWord,
  updateMissing,
  upsertCheckout,
} from './shop-customers.sql.ts'

/** What a shop says of a channel. `never`: the customer did not agree, or no longer; null: it says nothing. */
export type ToldConsent = { state: 'subscribed' | 'unsubscribed' | 'never'; at: Date | null } | null

/** A customer as a shop tells of them; null where it does not say. */
export type ShopCustomer = {
  id: string | null
  email: string | null
  phone: string | null
  firstName: string | null
  lastName: string | null
  emailConsent: ToldConsent
  smsConsent: ToldConsent
}

type Told = StoreKey & { customer: ShopCustomer; now: Date }

const NAME_LENGTH = 100

/**
 * Takes over a customer of a shop: the profile that they are known to be, else the one with their address, else with their
 * number, else a new one. Undefined when nothing can be known of them (a shop that hides addresses).
 *
 * What the profile has stays; what it lacks is filled in. Consent follows whoever spoke last, the shop or we: see `mayFollow`.
 * Safe to repeat and to race. `isNewLink`: it only now became known who the customer is.
 */
export async function takeOverCustomer(
  db: Db,
  input: Told,
): Promise<{ profileId: string; isNewLink: boolean } | undefined> {
  const person = readPerson(input.customer)
  return await inTransaction(db, async (trx) => {
    const found = await findOrMake(trx, input, person)
    if (!found) return undefined
    const { profileId, isOrigin } = found
    const customerId = input.customer.id
    const isNewLink =
      customerId !== null && (await insertLink(trx, input, { customerId, profileId, isOrigin, now: input.now }))
    await updateMissing(trx, input.accountId, profileId, { ...person, now: input.now })
    await followConsent(trx, input, profileId)
    return { profileId, isNewLink }
  })
}

/** Puts a checkout into the feed of the person who began it; told again it is brought up to date, never doubled. */
export async function noteCheckout(
  db: Db,
  input: Told & { id: string; at: Date; updatedAt: Date; properties: Record<string, unknown> },
): Promise<void> {
  const known = await takeOverCustomer(db, input)
  if (known) await upsertCheckout(db, input.accountId, { ...input, profileId: known.profileId })
}

type Person = Pick<ShopCustomer, 'email' | 'phone' | 'firstName' | 'lastName'>

async function findOrMake(
  trx: Db,
  input: Told,
  person: Person,
): Promise<{ profileId: string; isOrigin: boolean } | undefined> {
  const { customer, accountId, now } = input
  const linked = customer.id === null ? undefined : await selectLinkedProfile(trx, input, customer.id)
  const known = linked ?? (await selectProfileByAddress(trx, accountId, person))
  if (known) return { profileId: known, isOrigin: false }
  if (!person.email && !person.phone) return undefined
  const profile = {
    id: newId(),
    ...person,
    emailConsent: 'never_subscribed' as const,
    smsConsent: 'never_subscribed' as const,
    properties: {},
  }
  const [made] = await insertProfiles(trx, accountId, [profile], { source: 'shopify', onTaken: 'pass over' }, now)
  if (made) return { profileId: made.id, isOrigin: true }
  const raced = await selectProfileByAddress(trx, accountId, person)
  return raced === undefined ? undefined : { profileId: raced, isOrigin: false }
}

/** Addresses that cannot exist count as not told. */
function readPerson(customer: ShopCustomer): Person {
  const email = customer.email === null ? undefined : readEmail(customer.email)
  const phone = customer.phone === null ? undefined : readPhone(customer.phone, null)
  return {
    email: email && 'email' in email ? email.email : null,
    phone: phone && 'phone' in phone ? phone.phone : null,
    firstName: customer.firstName?.trim().slice(0, NAME_LENGTH) || null,
    lastName: customer.lastName?.trim().slice(0, NAME_LENGTH) || null,
  }
}

async function followConsent(trx: Db, input: Told, profileId: string): Promise<void> {
  const { customer, accountId, now } = input
  if (!customer.emailConsent && !customer.smsConsent) return
  const person = await lockPerson(trx, accountId, profileId)
  if (!person) return
  const lastWords = customer.id === null ? { email: null, sms: null } : await selectLastWords(trx, input, customer.id)
  const channels = [
    {
      channel: 'email',
      told: customer.emailConsent,
      ours: { state: person.emailConsent, at: person.emailChangedAt, by: person.emailChangedBy },
    },
    {
      channel: 'sms',
      told: customer.smsConsent,
      ours: { state: person.smsConsent, at: person.smsChangedAt, by: person.smsChangedBy },
    },
  ] as const
  for (const { channel, told, ours } of channels) {
    if (!told) continue
    const from = ours.state
    const to = mayFollow(told, ours, lastWords[channel])
    if (to)
      await updateConsentTold(trx, accountId, profileId, { channel, from, to, at: earlier(told.at ?? now, now), now })
    if (customer.id !== null && told.at !== null)
      await updateLastWord(trx, input, customer.id, { channel, state: told.state, at: told.at })
  }
}

/** The consent that we have, and when and by whom it was changed last. */
type OurConsent = { state: Consent; at: Date | null; by: string | null }

/**
 * The consent to take over from a shop, undefined to keep ours.
 *
 * The later word wins, also over one that changed nothing when it came: `lastWord`. A shop's word without a date is only believed
 * where nobody has said anything. That a customer "never agreed" is no word against a consent that was given to us; it takes back
 * only what the shop itself had told, or what the shop had ended after it was given to us. An unsubscribing that comes late still counts after it.
 */
function mayFollow(told: NonNullable<ToldConsent>, ours: OurConsent, lastWord: LastWord | null): Consent | undefined {
  if (ours.at !== null && (told.at === null || told.at <= ours.at)) return undefined
  if (lastWord !== null && (told.at === null || told.at <= lastWord.at)) {
    if (lastWord.state !== 'never' || told.state !== 'unsubscribed') return undefined
  }
  if (told.state !== 'never') return told.state === ours.state ? undefined : told.state
  const endedAt = lastWord?.unsubscribedAt ?? null
  const isShops = ours.by === 'shopify' || (endedAt !== null && ours.at !== null && endedAt > ours.at)
  return ours.state === 'subscribed' && isShops ? 'unsubscribed' : undefined
}

function earlier(a: Date, b: Date): Date {
  return a < b ? a : b
}
