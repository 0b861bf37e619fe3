import type { Page } from '../../contract/common.ts'
import type { Profile } from '../../contract/people.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { AppError } from '../errors.ts'
import { brokenConstraint } from '../lib/constraint.ts'
import { decodeIdCursor, toPage } from '../lib/cursor.ts'
import { newId } from '../lib/ids.ts'
import { readEmail } from './email.ts'
import { readPhone } from './phone.ts'
import {
  type Consent,
  findProfileRow,
  findProfileRowByEmail,
  insertProfile,
  type ProfileChanges,
  type ProfileRow,
  selectIdsByEmail,
  selectProfiles,
  updateProfileRow,
} from './profiles.sql.ts'
import { liftUnsubscribed } from './suppression/suppress.ts'

/** Most properties of a profile, and most bytes of them as JSON. */
export const MAX_PROPERTIES = 100
export const MAX_PROPERTIES_BYTES = 100_000

/** Absent keeps, null clears. */
export type ProfileInput = {
  email?: string | null | undefined
  phone?: string | null | undefined
  firstName?: string | null | undefined
  lastName?: string | null | undefined
  emailConsent?: Consent | undefined
  smsConsent?: Consent | undefined
  properties?: Record<string, unknown> | undefined
}

/**
 * Makes a profile with an email address, a phone number or both; phone numbers are written with `+` and country code.
 *
 * Throws `invalid_input`, `email_taken`, `phone_taken` (with the owner's id).
 */
export async function createProfile(db: Db, input: ProfileInput & { accountId: string; now: Date }): Promise<Profile> {
  const { email, phone, firstName, lastName, emailConsent, smsConsent, properties } = readChanges(input)
  if (!email && !phone) throw needsAddress()
  const profile = {
    id: newId(),
    email: email ?? null,
    phone: phone ?? null,
    firstName: firstName ?? null,
    lastName: lastName ?? null,
    emailConsent: emailConsent ?? 'never_subscribed',
    smsConsent: smsConsent ?? 'never_subscribed',
    properties: withoutNulls(properties ?? {}),
  } as const
  return await inTransaction(db, async (trx) => {
    const [row] = await insertProfile(trx, input.accountId, profile, input.now).catch(refuseTaken)
    if (!row) throw new Error('the profile was not inserted')
    refuseTooManyProperties(row)
    return toProfile(row)
  })
}

/**
 * Changes what is given: absent keeps, null clears; properties are merged and a null removes one. Consent that changes is
 * noted as an event. Throws `profile_not_found`, `invalid_input`, `email_taken`, `phone_taken`.
 */
export async function updateProfile(
  db: Db,
  input: ProfileInput & { accountId: string; profileId: string; now: Date },
): Promise<Profile> {
  const changes = readChanges(input)
  const { properties, ...others } = changes
  const removed = Object.keys(properties ?? {}).filter((name) => properties?.[name] === null)
  const written = properties ? { ...others, properties: withoutNulls(properties) } : others
  return await inTransaction(db, async (trx) => {
    const { accountId, profileId, now } = input
    const row = await updateProfileRow(trx, accountId, profileId, written, removed, now).catch(refuseTaken)
    if (!row) throw profileNotFound(profileId)
    refuseTooManyProperties(row)
    await liftFor(trx, accountId, changes, row, now)
    return toProfile(row)
  })
}

/** Consent that is given again by hand takes back what unsubscribing did to the address; bounces and complaints stay. */
async function liftFor(trx: Db, accountId: string, changes: ProfileChanges, row: ProfileRow, now: Date): Promise<void> {
  if (changes.emailConsent === 'subscribed' && row.email !== null)
    await liftUnsubscribed(trx, { accountId, channel: 'email', address: row.email, now })
  if (changes.smsConsent === 'subscribed' && row.phone !== null)
    await liftUnsubscribed(trx, { accountId, channel: 'sms', address: row.phone, now })
}

/** Throws `profile_not_found`. */
export async function requireProfile(db: Db, input: { accountId: string; profileId: string }): Promise<Profile> {
  const row = await findProfileRow(db, input.accountId, input.profileId)
  if (!row) throw profileNotFound(input.profileId)
  return toProfile(row)
}

/** The profile with this email address, whatever its case; undefined for none, and for text that is no address. */
export async function findProfileByEmail(
  db: Db,
  input: { accountId: string; email: string },
): Promise<Profile | undefined> {
  const reading = readEmail(input.email)
  const row = 'email' in reading ? await findProfileRowByEmail(db, input.accountId, reading.email) : undefined
  return row && toProfile(row)
}

/**
 * The ids of the profiles with these email addresses, by the address as it was given. An address that nobody has, and text
 * that is no address, is left out.
 */
export async function findIdsByEmail(
  db: Db,
  input: { accountId: string; emails: readonly string[] },
): Promise<Map<string, string>> {
  const read = new Map<string, string>()
  for (const given of input.emails) {
    const reading = readEmail(given)
    if ('email' in reading) read.set(given, reading.email)
  }
  if (read.size === 0) return new Map()
  const rows = await selectIdsByEmail(db, input.accountId, [...new Set(read.values())])
  const ids = new Map(rows.map((row) => [row.email, row.id]))
  return new Map(
    [...read].flatMap(([given, email]) => {
      const id = ids.get(email)
      return id ? [[given, id] as const] : []
    }),
  )
}

/**
 * Profiles, newest first. `search` is a whole email address, or a part of email, full name or phone, whatever its case.
 */
export async function listProfiles(
  db: Db,
  input: { accountId: string; search?: string | undefined; cursor?: string | undefined; limit: number },
): Promise<Page<Profile>> {
  const search = input.search?.trim()
  const exact =
    search?.includes('@') && !input.cursor ? await findProfileByEmail(db, { ...input, email: search }) : undefined
  if (exact) return { items: [exact], next: null }
  const before = decodeIdCursor(input.cursor)
  const rows = await selectProfiles(db, input.accountId, search, before, input.limit + 1)
  return toPage(rows, input.limit, (row) => [row.id], toProfile)
}

export function toProfile(row: ProfileRow): Profile {
  return { ...row, createdAt: row.createdAt.toISOString() }
}

function readChanges(input: ProfileInput): ProfileChanges {
  const { email, phone, firstName, lastName, emailConsent, smsConsent, properties } = input
  return {
    ...(email === undefined ? {} : { email: email && readAddress('email', readEmail(email), 'email') }),
    ...(phone === undefined ? {} : { phone: phone && readAddress('phone', readPhone(phone, null), 'phone') }),
    ...(firstName === undefined ? {} : { firstName: firstName && refuseUnstorable('firstName', firstName) }),
    ...(lastName === undefined ? {} : { lastName: lastName && refuseUnstorable('lastName', lastName) }),
    ...(emailConsent === undefined ? {} : { emailConsent }),
    ...(smsConsent === undefined ? {} : { smsConsent }),
    ...(properties === undefined ? {} : { properties: refuseUnstorable('properties', properties) }),
  }
}

function readAddress<Key extends 'email' | 'phone'>(
  field: string,
  reading: Record<Key, string> | { problem: string },
  key: Key,
): string {
  if ('problem' in reading) throw new AppError('invalid_input', reading.problem, { field })
  return reading[key]
}

/** Postgres stores neither NUL nor half a surrogate pair; both are written as escapes in JSON. */
function refuseUnstorable<T>(field: string, value: T): T {
  if (/\\u(0000|d[89a-f])/i.test(JSON.stringify(value))) {
    throw new AppError('invalid_input', 'Take out the characters that are no text (such as U+0000).', { field })
  }
  return value
}

function withoutNulls(properties: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== null))
}

function refuseTooManyProperties(row: ProfileRow): void {
  const count = Object.keys(row.properties).length
  const bytes = Buffer.byteLength(JSON.stringify(row.properties))
  if (count <= MAX_PROPERTIES && bytes <= MAX_PROPERTIES_BYTES) return
  throw new AppError('invalid_input', 'Remove properties: a profile holds at most 100 of them and 100 kB.', {
    field: 'properties',
    count,
    bytes,
  })
}

function refuseTaken(error: unknown): never {
  const constraint = brokenConstraint(error)
  if (constraint === 'profiles_email') {
    throw new AppError(
      'email_taken',
      'Another profile has this email address. Open that one instead.',
      {},
      { cause: error },
    )
  }
  if (constraint === 'profiles_phone') {
    throw new AppError(
      'phone_taken',
      'Another profile has this phone number. Open that one instead.',
      {},
      { cause: error },
    )
  }
  if (constraint === 'profiles_check') throw needsAddress({ cause: error })
  throw error
}

function needsAddress(options?: { cause: unknown }): AppError {
  return new AppError(
    'invalid_input',
    'Give the profile an email address or a phone number.',
    { field: 'email' },
    options,
  )
}

function profileNotFound(profileId: string): AppError {
  return new AppError('profile_not_found', 'There is no such profile in this account.', { profileId })
}
