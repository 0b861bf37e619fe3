import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import type { DnsCheck, SendingDomain } from '../../../contract/domains.ts'
import { requireAccount } from '../../accounts/account.ts'
import type { EmailProvider } from '../../channels/email/email-channel.ts'
import type { Db } from '../../db/database.ts'
import { AppError } from '../../errors.ts'
import { reseal, seal } from '../../lib/seal.ts'
import { findCurrentSender, withIdentity } from '../senders/identity.ts'
import { checkRecords, type Dns } from './check-records.ts'
import {
  type DomainRow,
  insertKey,
  selectAllDomains,
  selectDomain,
  updateSealedKey,
  upsertChecks,
} from './domains.sql.ts'
import { domainOf, isFreemail } from './freemail.ts'
import { type DomainFacts, recordsFor } from './records.ts'

/** Under which our key stands in the DNS. */
const SELECTOR = 'onecode'
/** Source: RFC 8301 asks for 1024 at least; mailboxes recommend 2048. */
const KEY_BITS = 2048

type Input = { accountId: string; fallback: EmailProvider }

/** The domain that an account's mails come from, what its DNS needs and what was found there the last time. */
export async function describeSendingDomain(db: Db, input: Input): Promise<SendingDomain> {
  const { domain, provider, isOwnSender, row } = await readDomain(db, input)
  const facts = domain === null ? undefined : toFacts(domain, provider, isOwnSender, row)
  return {
    domain,
    provider,
    isFreemail: domain !== null && isFreemail(domain),
    signsHere: provider === 'smtp' && isOwnSender,
    hasKey: Boolean(row?.sealed),
    records: facts ? recordsFor(facts) : [],
    checks: row?.checks ?? null,
    checkedAt: row?.checkedAt?.toISOString() ?? null,
    isVerified: Boolean(row?.verifiedAt),
  }
}

/**
 * Makes the key with which Onecode signs mails of the domain; one that is there stays. Nothing is signed before a check has found
 * its record. Throws `sending_domain_missing`, `sending_domain_freemail`.
 */
export async function makeDomainKey(db: Db, input: Input & { secret: string; now: Date }): Promise<SendingDomain> {
  const { domain } = await requireDomain(db, input)
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: KEY_BITS,
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  await insertKey(db, {
    accountId: input.accountId,
    domain,
    selector: SELECTOR,
    publicKey: publicKey.toString('base64'),
    sealed: seal(input.secret, privateKey),
    now: input.now,
  })
  return await describeSendingDomain(db, input)
}

/** Looks into the DNS now and keeps what it says. Throws `sending_domain_missing`, `sending_domain_freemail`. */
export async function checkSendingDomain(db: Db, input: Input & { dns: Dns; now: Date }): Promise<SendingDomain> {
  const { domain, provider, isOwnSender, row } = await requireDomain(db, input)
  const checks = await checkRecords(input.dns, toFacts(domain, provider, isOwnSender, row))
  const isVerified =
    checks.length > 0 && checks.every((check) => check.status !== 'fail') && isTrusted(checks, provider)
  await upsertChecks(db, { accountId: input.accountId, domain, checks, isVerified, now: input.now })
  return await describeSendingDomain(db, input)
}

/** Seals the keys of domains anew, as `resealSenders` does for senders. */
export async function resealDomains(db: Db, input: { secret: string }): Promise<void> {
  for (const row of await selectAllDomains(db)) {
    const sealed = reseal(input.secret, row.sealed)
    if (sealed !== undefined) await updateSealedKey(db, row, sealed)
  }
}

/** A silent DNS verifies nothing: DMARC must be there, and SPF or DKIM, unless only the provider can tell. */
function isTrusted(checks: DnsCheck[], provider: EmailProvider): boolean {
  const passes = (kind: DnsCheck['kind']): boolean =>
    checks.some((check) => check.kind === kind && check.status === 'pass')
  return passes('dmarc') && (passes('dkim') || passes('spf') || provider === 'ses' || provider === 'postmark')
}

type Known = { domain: string | null; provider: EmailProvider; isOwnSender: boolean; row: DomainRow | undefined }

async function readDomain(db: Db, { accountId, fallback }: Input): Promise<Known> {
  const identity = await findCurrentSender(db, { accountId, fallback })
  const account = withIdentity(await requireAccount(db, { accountId }), identity)
  const domain = domainOf(account.senderEmail)
  const row = domain === null ? undefined : await selectDomain(db, accountId, domain)
  return { domain, provider: identity.provider, isOwnSender: identity.paced !== null, row }
}

async function requireDomain(db: Db, input: Input): Promise<Known & { domain: string }> {
  const known = await readDomain(db, input)
  const { domain } = known
  if (domain === null) {
    throw new AppError(
      'sending_domain_missing',
      'Set the address that your mails come from, in the sender or the account.',
    )
  }
  if (isFreemail(domain)) {
    throw new AppError(
      'sending_domain_freemail',
      `Nobody but its provider can prove mails of ${domain}. Send from a domain of your own.`,
      {
        domain,
      },
    )
  }
  return { ...known, domain }
}

function toFacts(
  domain: string,
  provider: EmailProvider,
  isOwnSender: boolean,
  row: DomainRow | undefined,
): DomainFacts {
  const key = row?.sealed ? { selector: row.selector, publicKey: row.publicKey } : null
  return { domain, provider, key, isOwnSender }
}
