import type { Profile } from '../../../../contract/people.ts'

type Named = Pick<Profile, 'firstName' | 'lastName' | 'email' | 'phone'>

/** What to call a person: their name, else their email, else their phone. */
export function personName({ firstName, lastName, email, phone }: Named): string {
  const name = [firstName, lastName].filter(Boolean).join(' ')
  return name || email || phone || 'Profile without a name'
}

export const CONSENT_TEXT: Record<Profile['emailConsent'], string> = {
  subscribed: 'Subscribed',
  unsubscribed: 'Unsubscribed',
  never_subscribed: 'Never subscribed',
}
