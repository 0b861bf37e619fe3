import type { Person, RowProblem } from './import-columns.ts'
import type { PersonMatch, PersonUpdate } from './imports.sql.ts'
import type { NewProfile } from './profiles.sql.ts'

/** What becomes of the people of a batch. `warnings` are rows that were taken, but not whole. */
export type Plan = {
  added: NewProfile[]
  /** Rows of profiles that exist; whether a row changes anything is seen when it is written. */
  known: PersonUpdate[]
  repeated: number
  warnings: RowProblem[]
}

const PHONE_TAKEN =
  'The person was taken without this phone number: it belongs to somebody else. Give one of them another.'

/**
 * Decides who each row is. The email decides; the phone decides for rows without an email, and for a profile that has
 * none. A phone that belongs to somebody else is left there, and the row is taken without it, with a warning. The first
 * row of a person wins; later ones only count as repeated.
 */
export function planBatch(people: readonly Person[], matches: readonly PersonMatch[], newId: () => string): Plan {
  const matchOf = new Map(matches.map((match) => [match.n, match]))
  const seenEmails = new Set<string>()
  const seenPhones = new Map<string, { hasEmail: boolean }>()
  const seenProfiles = new Set<string>()
  const plan: Plan = { added: [], known: [], repeated: 0, warnings: [] }
  for (const [n, person] of people.entries()) {
    const key = person.email?.toLowerCase()
    const samePhone = person.phone ? seenPhones.get(person.phone) : undefined
    const profileId = ownerOf(person, matchOf.get(n))
    const isRepeated =
      (key !== undefined && seenEmails.has(key)) ||
      (profileId !== null && seenProfiles.has(profileId)) ||
      (samePhone !== undefined && (key === undefined || !samePhone.hasEmail))
    if (key) seenEmails.add(key)
    if (isRepeated) {
      plan.repeated += 1
      continue
    }
    const phoneOwnerId = matchOf.get(n)?.phoneOwnerId ?? null
    const isPhoneTaken = samePhone !== undefined || (phoneOwnerId !== null && phoneOwnerId !== profileId)
    if (isPhoneTaken) plan.warnings.push({ line: person.line, reason: PHONE_TAKEN, value: person.phone ?? '' })
    else if (person.phone) seenPhones.set(person.phone, { hasEmail: key !== undefined })
    const taken = isPhoneTaken ? { ...person, phone: null, smsSubscribed: false } : person
    if (profileId === null) {
      plan.added.push(toNewProfile(taken, newId()))
    } else {
      seenProfiles.add(profileId)
      plan.known.push(toUpdate(taken, profileId))
    }
  }
  return plan
}

function ownerOf(person: Person, match: PersonMatch | undefined): string | null {
  if (match?.emailOwnerId) return match.emailOwnerId
  return match?.phoneOwnerId && (person.email === null || !match.phoneOwnerHasEmail) ? match.phoneOwnerId : null
}

function toNewProfile(person: Person, id: string): NewProfile {
  const { email, phone, firstName, lastName, properties } = person
  return {
    id,
    email,
    phone,
    firstName,
    lastName,
    emailConsent: person.emailSubscribed ? 'subscribed' : 'never_subscribed',
    smsConsent: person.smsSubscribed ? 'subscribed' : 'never_subscribed',
    properties,
  }
}

function toUpdate({ line: _, ...person }: Person, id: string): PersonUpdate {
  return { id, ...person }
}
