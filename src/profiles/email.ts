/** Longest address that mail can be delivered to. Source: RFC 5321, 4.5.3.1 (a path of 256 octets, less its brackets). */
const MAX_EMAIL_LENGTH = 254
/** Source: RFC 5322, 3.2.3: dot-atom. Quoted local parts are refused: shops and mail services do not take them either. */
const LOCAL_PART = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i
const DOMAIN =
  /^([\p{L}\p{N}]([\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?\.)+[\p{L}\p{N}]([\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?$/u

export type EmailReading = { email: string } | { problem: string }

/**
 * Reads an email address: trimmed, its domain in lower case, its local part in the case given.
 *
 * Local parts are ASCII (others need SMTPUTF8 at every hop); domains may be international (`müller.example`) and are kept
 * as written. Two addresses are the same person when their lower case is equal; that is exact, because what differs by
 * case is ASCII. The problem says what to do.
 */
export function readEmail(text: string): EmailReading {
  const trimmed = text.trim()
  if (trimmed === '') return { problem: 'Fill in the email address.' }
  if (trimmed.length > MAX_EMAIL_LENGTH) return { problem: 'Shorten the email address to 254 characters.' }
  if (/\s/.test(trimmed)) return { problem: 'Take the spaces out of the email address.' }
  const at = trimmed.indexOf('@')
  if (at < 0) return { problem: 'Write the email address with an @.' }
  if (trimmed.includes('@', at + 1)) return { problem: 'Write the email address with one @.' }
  const local = trimmed.slice(0, at)
  const domain = trimmed
    .slice(at + 1)
    .normalize('NFC')
    .toLowerCase()
  if (local.length > 64 || !LOCAL_PART.test(local)) {
    return { problem: 'Correct the part of the email address before the @: use letters a to z, digits and signs.' }
  }
  if (!domain.includes('.')) return { problem: 'Write the domain of the email address with a dot, as in example.com.' }
  if (!DOMAIN.test(domain) || /\.\d+$/.test(domain)) return { problem: 'Correct the domain of the email address.' }
  return { email: `${local}@${domain}` }
}
