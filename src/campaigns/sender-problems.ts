import type { CampaignReview } from '../../contract/campaigns.ts'
import type { TemplateIssue } from '../../contract/messages.ts'
import type { AccountFacts } from '../accounts/account.ts'
import type { EmailProvider } from '../channels/email/email-channel.ts'
import type { SmsProvider } from '../channels/sms/sms-channel.ts'
import type { Db } from '../db/database.ts'
import { describeSendingDomain } from '../messages/domains/domains.ts'
import type { MailContent } from '../messages/mail.ts'

type Problem = CampaignReview['problems'][number]
type Input = {
  accountId: string
  account: Pick<AccountFacts, 'postalAddress'>
  provider: EmailProvider
  /** One, or two where a campaign tests them. */
  contents: MailContent[]
  issues: TemplateIssue[]
}

/**
 * What mailboxes and the law ask of a bulk mail: a way out of it that is seen, a postal address, and a domain that is the
 * sender's own. Through the outbox nothing leaves the house, so that there only the way out is asked for; the rest are warnings.
 */
export async function findSenderProblems(db: Db, input: Input): Promise<{ problems: Problem[]; warnings: Problem[] }> {
  const isOutbox = input.provider === 'outbox'
  const addressProblems = postalProblems(input)
  const { accountId, provider } = input
  const sending = await describeSendingDomain(db, { accountId, fallback: provider })
  const isUnverified = !isOutbox && sending.domain !== null && !sending.isFreemail && !sending.isVerified
  return {
    problems: [
      ...input.issues
        .filter((issue) => issue.code === 'unsubscribe_missing')
        .map(({ message }) => noUnsubscribe(message)),
      ...(isOutbox ? [] : addressProblems),
      ...(!isOutbox && sending.isFreemail && sending.domain !== null ? [freemail(sending.domain)] : []),
    ],
    warnings: [
      ...(isOutbox ? addressProblems : []),
      ...(isUnverified && sending.domain !== null ? [unverified(sending.domain)] : []),
    ],
  }
}

/** What a sender of texts lacks; and whether answers of people are heard, which laws and carriers ask for. */
export function findSmsSenderProblems(
  provider: SmsProvider,
  problem: string | undefined,
): { problems: Problem[]; warnings: Problem[] } {
  const unheard =
    'The SMS service tells us nothing: who answers STOP to it must be put on the list of suppressed addresses, by hand or through the API.'
  return {
    problems: problem === undefined ? [] : [{ code: 'sender_missing', message: problem, data: {} }],
    warnings: provider === 'http' ? [{ code: 'stop_not_heard', message: unheard, data: {} }] : [],
  }
}

function postalProblems({ account, contents }: Input): Problem[] {
  if (!account.postalAddress) {
    const message =
      'Set the postal address of the brand in the settings of the account: the law of many countries asks for it in every marketing mail.'
    return [{ code: 'postal_address_missing', message, data: {} }]
  }
  const [firstLine = ''] = account.postalAddress.split('\n')
  const shows = ({ html }: MailContent) => html.includes('organization.full_address') || html.includes(firstLine.trim())
  if (contents.every(shows)) return []
  const message =
    'The mail shows no postal address. Add {{ organization.full_address }} to the template where readers find it.'
  return [{ code: 'template_address_missing', message, data: {} }]
}

function noUnsubscribe(message: string): Problem {
  return { code: 'unsubscribe_missing', message, data: {} }
}

function freemail(domain: string): Problem {
  const message = `Mailboxes refuse bulk mail that claims to come from ${domain}. Send from an address of a domain of your own.`
  return { code: 'sender_freemail', message, data: { domain } }
}

function unverified(domain: string): Problem {
  const message = `The DNS of ${domain} is not verified: many of the mails may land in spam. Set its records in the settings.`
  return { code: 'sender_domain_unverified', message, data: { domain } }
}
