import { z } from 'zod'
import { emailProvider, moment } from './common.ts'

export const dnsRecord = z.object({
  kind: z.enum(['dkim', 'spf', 'dmarc']),
  type: z.enum(['TXT', 'CNAME']),
  /** The full name at which it stands. */
  host: z.string(),
  /** What to set there; null where only the provider knows it. */
  value: z.string().nullable(),
  /** What it is for and where its value comes from. */
  text: z.string(),
})
export type DnsRecord = z.infer<typeof dnsRecord>
export const dnsCheck = z.object({
  kind: z.enum(['dkim', 'spf', 'dmarc']),
  /** unknown: the DNS did not answer, or only the provider can tell. */
  status: z.enum(['pass', 'fail', 'unknown']),
  found: z.string().nullable(),
  /** What to do; empty where it passes. */
  advice: z.string(),
})
export type DnsCheck = z.infer<typeof dnsCheck>

export const sendingDomain = z.object({
  /** The domain of the address that mails come from; null while there is none. */
  domain: z.string().nullable(),
  provider: emailProvider,
  /** A mailbox provider's domain, such as gmail.com: nobody may send bulk mail from there but the provider. */
  isFreemail: z.boolean(),
  /** Whether Onecode signs with a key of its own; the key is made on request. */
  signsHere: z.boolean(),
  hasKey: z.boolean(),
  records: z.array(dnsRecord),
  checks: z.array(dnsCheck).nullable(),
  checkedAt: moment.nullable(),
  isVerified: z.boolean(),
})
export type SendingDomain = z.infer<typeof sendingDomain>
