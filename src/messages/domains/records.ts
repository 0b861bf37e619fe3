import type { DnsRecord } from '../../../contract/domains.ts'
import type { EmailProvider } from '../../channels/email/email-channel.ts'

export type DomainFacts = {
  domain: string
  provider: EmailProvider
  /** Our own key for the domain, where there is one. */
  key: { selector: string; publicKey: string } | null
  /** Whether mails go through a sender of the account, which we sign for when it is an SMTP server. */
  isOwnSender: boolean
}

/** What each provider's servers are called in an SPF record. Sources: the providers' own pages on domain authentication. */
const SPF_INCLUDE: Partial<Record<EmailProvider, string>> = {
  ses: 'include:amazonses.com',
  sendgrid: 'include:sendgrid.net',
  postmark: 'include:spf.mtasv.net',
}

/** The records that a domain needs so that mailboxes believe its mails. */
export function recordsFor(facts: DomainFacts): DnsRecord[] {
  if (facts.provider === 'outbox') return []
  return [...dkimRecords(facts), spfRecord(facts), dmarcRecord(facts)]
}

/** The value of our key's record (RFC 6376, 3.6.1). */
export function dkimValue(publicKey: string): string {
  return `v=DKIM1; k=rsa; p=${publicKey}`
}

function dkimRecords({ domain, provider, key, isOwnSender }: DomainFacts): DnsRecord[] {
  const record = (type: DnsRecord['type'], name: string, value: string | null, text: string): DnsRecord => ({
    kind: 'dkim',
    type,
    host: `${name}._domainkey.${domain}`,
    value,
    text,
  })
  switch (provider) {
    case 'outbox':
      return []
    case 'smtp':
      if (!isOwnSender)
        return [
          record(
            'TXT',
            '(selector)',
            null,
            'The mail server of this installation signs by itself; its operator knows the record.',
          ),
        ]
      if (!key) return []
      return [record('TXT', key.selector, dkimValue(key.publicKey), 'The key with which Onecode signs your mails.')]
    case 'ses':
      return [
        record(
          'CNAME',
          '(token)',
          null,
          'Amazon SES shows three of these under “Verified identities”, once you add the domain there.',
        ),
      ]
    case 'resend':
      return [record('TXT', 'resend', null, 'Resend shows the value under “Domains”, once you add the domain there.')]
    case 'postmark':
      return [
        record(
          'TXT',
          '(selector)',
          null,
          'Postmark shows name and value under “Sender signatures”, once you add the domain there.',
        ),
      ]
    case 'sendgrid':
      return ['s1', 's2'].map((name) =>
        record(
          'CNAME',
          name,
          null,
          'SendGrid shows the value under “Sender authentication”, once you add the domain there.',
        ),
      )
  }
}

function spfRecord({ domain, provider }: DomainFacts): DnsRecord {
  if (provider === 'resend') {
    const text = 'Resend sends bounces to this name of its own; it also shows an MX record for it.'
    return { kind: 'spf', type: 'TXT', host: `send.${domain}`, value: 'v=spf1 include:amazonses.com ~all', text }
  }
  const include = SPF_INCLUDE[provider]
  const text = include
    ? 'Which servers may send for the domain. If there is a record already, add this part before its last word: a domain has one.'
    : 'Which servers may send for the domain: put the address of your mail server, or the include of its operator, in the place of the example.'
  return { kind: 'spf', type: 'TXT', host: domain, value: `v=spf1 ${include ?? 'ip4:192.0.2.1'} ~all`, text }
}

function dmarcRecord({ domain }: DomainFacts): DnsRecord {
  const text = 'What mailboxes do with mails that only claim to be yours. Begin with p=none and tighten it later.'
  return {
    kind: 'dmarc',
    type: 'TXT',
    host: `_dmarc.${domain}`,
    value: `v=DMARC1; p=none; rua=mailto:postmaster@${domain}`,
    text,
  }
}
