import type { DnsCheck } from '../../../contract/domains.ts'
import { type DomainFacts, dkimValue } from './records.ts'

/** What a look into the DNS needs. Both throw as node:dns does: code ENOTFOUND or ENODATA where there is nothing. */
export type Dns = {
  resolveTxt: (name: string) => Promise<string[][]>
  resolveCname: (name: string) => Promise<string[]>
}

type Answer = { status: 'found'; values: string[] } | { status: 'none' } | { status: 'silent' }

/** Looks up what stands in the DNS for a domain and says of each record whether it is right, and what to do. Never throws. */
export async function checkRecords(dns: Dns, facts: DomainFacts): Promise<DnsCheck[]> {
  if (facts.provider === 'outbox') return []
  return await Promise.all([checkDkim(dns, facts), checkSpf(dns, facts), checkDmarc(dns, facts)])
}

async function checkDkim(dns: Dns, { domain, provider, key, isOwnSender }: DomainFacts): Promise<DnsCheck> {
  const name = (selector: string) => `${selector}._domainkey.${domain}`
  if (provider === 'sendgrid') {
    const answers = await Promise.all(['s1', 's2'].map((selector) => cname(dns, name(selector))))
    const isRight = answers.every(
      (one) => one.status === 'found' && one.values.some((to) => /\.sendgrid\.net\.?$/i.test(to)),
    )
    return verdict('dkim', answers[0] ?? { status: 'none' }, isRight, 'Set both CNAME records that SendGrid shows.')
  }
  if (provider === 'resend') {
    const answer = await txt(dns, name('resend'))
    return verdict('dkim', answer, hasKey(answer), 'Set the TXT record that Resend shows for resend._domainkey.')
  }
  if (provider !== 'smtp' || !isOwnSender) {
    const advice = 'Only the provider knows these names: look there whether it calls the domain verified.'
    return { kind: 'dkim', status: 'unknown', found: null, advice }
  }
  if (!key) {
    const advice = 'Make the key and set its record, or let your mail server sign for the domain.'
    return { kind: 'dkim', status: 'unknown', found: null, advice }
  }
  const answer = await txt(dns, name(key.selector))
  const expected = dkimValue(key.publicKey).replace(/\s/g, '')
  const isRight = answer.status === 'found' && answer.values.some((value) => value.replace(/\s/g, '') === expected)
  const advice =
    'Set the TXT record exactly as it stands above; some DNS providers add the domain to the name by themselves.'
  return verdict('dkim', answer, isRight, advice)
}

async function checkSpf(dns: Dns, { domain, provider }: DomainFacts): Promise<DnsCheck> {
  const answer = only(await txt(dns, provider === 'resend' ? `send.${domain}` : domain), /^v=spf1(\s|$)/i)
  if (answer.status === 'found' && answer.values.length > 1) {
    return {
      kind: 'spf',
      status: 'fail',
      found: answer.values.join(' | '),
      advice: 'Merge the records: with two, none counts.',
    }
  }
  const part = {
    ses: /amazonses\.com/i,
    resend: /amazonses\.com/i,
    sendgrid: /sendgrid\.net/i,
    postmark: /spf\.mtasv\.net/i,
  }
  const wanted = provider in part ? part[provider as keyof typeof part] : /./
  const isRight = answer.status === 'found' && wanted.test(answer.values[0] ?? '')
  // Amazon SES and Postmark send bounces to a domain of their own: then SPF passes there, and DKIM is what counts.
  if (!isRight && answer.status !== 'silent' && (provider === 'ses' || provider === 'postmark')) {
    const advice = 'Not needed while DKIM passes; set it when you use a bounce domain of your own.'
    return {
      kind: 'spf',
      status: 'unknown',
      found: answer.status === 'found' ? (answer.values[0] ?? null) : null,
      advice,
    }
  }
  return verdict('spf', answer, isRight, 'Set the TXT record, or add its middle part to the one that is there.')
}

async function checkDmarc(dns: Dns, { domain }: DomainFacts): Promise<DnsCheck> {
  const own = only(await txt(dns, `_dmarc.${domain}`), /^v=DMARC1\s*;/i)
  const above = domain.split('.').slice(-2).join('.')
  const answer =
    own.status === 'none' && above !== domain ? only(await txt(dns, `_dmarc.${above}`), /^v=DMARC1\s*;/i) : own
  const isRight =
    answer.status === 'found' &&
    answer.values.length === 1 &&
    /;\s*p=(none|quarantine|reject)\b/i.test(answer.values[0] ?? '')
  return verdict('dmarc', answer, isRight, 'Set the TXT record: mailboxes ask for one from everybody who sends much.')
}

function verdict(kind: DnsCheck['kind'], answer: Answer, isRight: boolean, advice: string): DnsCheck {
  const found = answer.status === 'found' ? answer.values.join(' | ').slice(0, 1000) : null
  if (isRight) return { kind, status: 'pass', found, advice: '' }
  if (answer.status === 'silent')
    return { kind, status: 'unknown', found, advice: 'The DNS did not answer in time. Check again.' }
  return { kind, status: 'fail', found, advice: `${advice} Changes may take an hour to be seen.` }
}

function hasKey(answer: Answer): boolean {
  return answer.status === 'found' && answer.values.some((value) => /(^|;)\s*p=[A-Za-z0-9+/]{100,}/.test(value))
}

function only(answer: Answer, pattern: RegExp): Answer {
  if (answer.status !== 'found') return answer
  const values = answer.values.filter((value) => pattern.test(value))
  return values.length > 0 ? { status: 'found', values } : { status: 'none' }
}

async function txt(dns: Dns, name: string): Promise<Answer> {
  return await ask(async () => (await dns.resolveTxt(name)).map((chunks) => chunks.join('')))
}

async function cname(dns: Dns, name: string): Promise<Answer> {
  return await ask(() => dns.resolveCname(name))
}

async function ask(look: () => Promise<string[]>): Promise<Answer> {
  try {
    const values = await look()
    return values.length > 0 ? { status: 'found', values } : { status: 'none' }
  } catch (error) {
    const { code } = error as { code?: string }
    return { status: code === 'ENOTFOUND' || code === 'ENODATA' ? 'none' : 'silent' }
  }
}
