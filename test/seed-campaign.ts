import { sql } from 'kysely'
import type { Audience } from '../contract/campaigns.ts'
import type { ReusePolicy } from '../contract/coupons.ts'
import { createCampaign } from '../src/campaigns/campaigns.ts'
import type { RunInput } from '../src/campaigns/run-campaign.ts'
import { scheduleCampaign } from '../src/campaigns/schedule.ts'
import type { EmailChannel, OutgoingEmail } from '../src/channels/email/email-channel.ts'
import type { SendOutcome } from '../src/channels/send-outcome.ts'
import type { OutgoingSms, SmsChannel } from '../src/channels/sms/sms-channel.ts'
import type { CouponRow } from '../src/coupons/coupon.ts'
import type { Db } from '../src/db/database.ts'
import { newId } from '../src/lib/ids.ts'
import type { MailContent } from '../src/messages/mail.ts'
import { createSenders, type OpenSenders, type SendersOptions } from '../src/messages/senders/open-senders.ts'
import { createMailCache, createTemplate } from '../src/messages/templates.ts'
import { addMembers, createList } from '../src/profiles/lists.ts'
import { START, seedAccount, seedCoupon, seedProfiles } from './seed.ts'

export const MAIL: MailContent = {
  subject: 'Welcome {{ first_name }}',
  previewText: '',
  html: "<p>{% coupon_code 'WELCOME20' %}</p><p>{% unsubscribe %} {{ organization.full_address }}</p>",
  text: null,
}

export type SeededCampaign = {
  accountId: string
  storeId: string
  listId: string
  templateId: string
  campaignId: string
  coupon: CouponRow
  profileIds: string[]
}

/** The audience of one list, less the members of others. */
export function onList(listId: string, ...excluded: string[]): Audience {
  const source = (id: string) => ({ kind: 'list' as const, id })
  return { include: [source(listId)], exclude: excluded.map(source) }
}

/** A draft of a campaign to `people` subscribers, with a coupon WELCOME20 that has `codes` codes (one each by default). */
export async function seedCampaign(
  db: Db,
  options: { people: number; codes?: number; reusePolicy?: ReusePolicy; mail?: Partial<MailContent> },
): Promise<SeededCampaign> {
  const account = await seedAccount(db)
  const { accountId } = account
  const { people, codes = people, reusePolicy = 'until_used_or_expired' } = options
  const coupon = await seedCoupon(db, account, { codes, reusePolicy })
  const profileIds = await seedProfiles(db, accountId, options.people)
  const list = await createList(db, { accountId, name: 'Everybody', now: START })
  await addMembers(db, { accountId, listId: list.id, profileIds, now: START })
  const content = { ...MAIL, ...options.mail }
  const template = await createTemplate(db, { accountId, name: 'Welcome', ...content, now: START })
  const ids = { listId: list.id, templateId: template.id }
  const campaign = await createCampaign(db, {
    accountId,
    name: 'Welcome',
    audience: onList(list.id),
    templateId: template.id,
    now: START,
  })
  return { ...account, ...ids, campaignId: campaign.id, coupon, profileIds }
}

/** A campaign row that is there to reserve codes, and for nothing else. */
export async function seedBareCampaign(db: Db, accountId: string, name: string): Promise<string> {
  const [campaignId, templateId] = [newId(), newId()]
  await sql`
    insert into templates (account_id, id, name, version, created_at) values (${accountId}, ${templateId}, ${templateId}, 1, ${START})`.execute(
    db,
  )
  await sql`
    insert into campaigns (account_id, id, name, channel, state, template_id, created_at)
    values (${accountId}, ${campaignId}, ${name}, 'email', 'scheduled', ${templateId}, ${START})`.execute(db)
  return campaignId
}

export type FakeChannel = EmailChannel & { mails: OutgoingEmail[] }

/** A channel in memory. `answer` says what becomes of a mail: sent by default. */
export function openFakeChannel(
  answer: (email: OutgoingEmail) => SendOutcome | Promise<SendOutcome> = (email) => ({
    status: 'sent',
    providerId: email.messageId,
  }),
  name: EmailChannel['name'] = 'smtp',
): FakeChannel {
  const mails: OutgoingEmail[] = []
  return {
    name,
    idempotency: name === 'outbox' ? 'key' : 'none',
    repeatableForMs: name === 'outbox' ? Number.POSITIVE_INFINITY : 0,
    verify: async () => ({ ok: true, facts: [] }),
    concurrency: 4,
    mails,
    send: async (email) => {
      mails.push(email)
      return await answer(email)
    },
    [Symbol.asyncDispose]: async () => {},
  }
}

export type FakeSms = SmsChannel & { texts: OutgoingSms[] }

/** The same for text messages. */
export function openFakeSms(
  answer: (sms: OutgoingSms) => SendOutcome = (sms) => ({ status: 'sent', providerId: sms.messageId }),
): FakeSms {
  const texts: OutgoingSms[] = []
  return {
    name: 'outbox',
    idempotency: 'key',
    repeatableForMs: Number.POSITIVE_INFINITY,
    verify: async () => ({ ok: true, facts: [] }),
    concurrency: 4,
    texts,
    send: async (sms) => {
      texts.push(sms)
      return answer(sms)
    },
    [Symbol.asyncDispose]: async () => {},
  }
}

/** Senders over channels in memory, as the composition root makes them over real ones. */
export function openTestSenders(options: Partial<SendersOptions> = {}): OpenSenders {
  return createSenders({
    fallback: openFakeChannel(undefined, 'outbox'),
    smsFallback: openFakeSms(),
    secret: 's'.repeat(32),
    publicUrl: 'https://shop.example',
    allowsPrivateAddresses: false,
    ...options,
  })
}

/** What `runCampaign` needs besides the database. */
export function runInput(
  seeded: SeededCampaign,
  channel: EmailChannel,
  now: () => Date = () => START,
  smsChannel: SmsChannel = openFakeSms(),
): RunInput {
  const { accountId, campaignId } = seeded
  return {
    accountId,
    campaignId,
    channel,
    smsChannel,
    mails: createMailCache(),
    publicUrl: 'https://shop.example',
    secret: 's'.repeat(32),
    leaseMs: 60_000,
    now,
  }
}

export async function start(db: Db, seeded: SeededCampaign): Promise<void> {
  await scheduleCampaign(db, { ...seeded, channel: 'outbox', now: START })
}

export type MessageRow = {
  id: string
  profileId: string
  state: string
  reason: string | null
  attempt: number
  leaseUntil: Date | null
  codes: string[]
}

/** The messages of an account, in the order of their ids, each with its codes. */
export async function readMessages(db: Db, accountId: string): Promise<MessageRow[]> {
  const { rows } = await sql<MessageRow>`
    select m.id, m.profile_id as "profileId", m.state, m.reason, m.attempt, m.lease_until as "leaseUntil",
      coalesce((
        select json_agg(k.code order by mc.coupon_name) from message_codes mc
        join codes k on k.account_id = mc.account_id and k.id = mc.code_id
        where mc.account_id = m.account_id and mc.message_id = m.id
      ), '[]') as codes
    from messages m where m.account_id = ${accountId} order by m.id`.execute(db)
  return rows
}

/** How many messages are in each state. */
export async function countStates(db: Db, accountId: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { state } of await readMessages(db, accountId)) counts[state] = (counts[state] ?? 0) + 1
  return counts
}
