import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Campaign } from '../../contract/campaigns.ts'
import type { CheckoutReply, CodeJob, RowError } from '../../contract/codes.ts'
import type { Coupon, Store, TermsInput } from '../../contract/coupons.ts'
import type { Preview, Template } from '../../contract/messages.ts'
import type { FeedItem, List, PeopleImport, Profile } from '../../contract/people.ts'
import type { CouponReport } from '../../contract/reports.ts'
import type { Client } from '../cli/lib/client.ts'
import { describeProgress, formatCount } from '../cli/lib/progress.ts'
import { describeImport, describeRow, formatFeed } from '../cli/people.ts'
import { formatReport } from '../cli/report.ts'
import type { DemoFacts, DemoResult } from './check-result.ts'
import type { Demo } from './open-demo.ts'
import { readMails, type SentMail } from './read-mails.ts'
import { openSecondAccount } from './second-account.ts'

type Say = (text: string) => void

const CUSTOMERS = fileURLToPath(new URL('../../examples/customers.csv', import.meta.url))
const CODES = 10_000
const REDEEMED = 100
const SUBTOTAL_MINOR = 8000
const ASK_EVERY_MS = 300
const TERMS: TermsInput = {
  discount: { kind: 'percentage', basisPoints: 2000 },
  minimum: { kind: 'subtotal', amountMinor: 3000, currency: 'EUR' },
  expires: { kind: 'after_assignment', seconds: 7 * 86_400 },
}
const MAIL = {
  subject: 'A code of your own',
  html: `<p>Hello {{ first_name|default:'there' }},</p>
<p>20 % off with {% coupon_code 'WELCOME20' %}, for orders from 30.00 EUR, within 7 days.</p>
<p>{% unsubscribe %}</p>`,
}

/** The main job over HTTP, from a customer file to redeemed codes. Everything counted comes from replies and from the mails. */
export async function runDemo(demo: Demo, say: Say): Promise<{ result: DemoResult; facts: DemoFacts }> {
  const { client } = demo
  const people = await timed(say, 'Imported the customers, twice', () => importPeople(client, say))
  const coupon = await createCoupon(client, say)
  const codes = await timed(say, `Added codes to ${coupon.name}`, () => addCodes(client, coupon, say))
  const { template, preview } = await writeMail(client, say)
  const campaign = await timed(say, 'Sent the campaign', () => sendCampaign(client, people.list, template, say))
  const shape = new RegExp(`\\b${coupon.prefix}-[2-9A-HJKMNP-Z]{${coupon.codeLength}}\\b`, 'g')
  const mails = await timed(say, 'Read the mails on disk', () => readMails(demo.dataDir, shape))
  const tried = mails.slice(0, REDEEMED)
  const checkout = await timed(say, `Took ${tried.length} codes to the checkout, twice`, () => shop(client, tried, say))
  const otherAccountReason = await tryElsewhere(demo, mails.at(-1), say)
  const report = await showOutcome(client, coupon, tried[0], say)
  const distinctCodes = new Set(mails.flatMap((mail) => mail.codes)).size
  const { sent } = campaign.counts
  return {
    result: {
      people: people.count,
      badRows: people.badRows,
      codes,
      assigned: report.assigned,
      sent,
      distinctCodes,
      ...checkout,
    },
    facts: {
      ...people.facts,
      wantedCodes: CODES,
      distinctRecipients: new Set(mails.map((mail) => mail.to)).size,
      mailsWithOneCode: mails.filter((mail) => mail.codes.length === 1).length,
      tried: REDEEMED,
      redeemedBySomebodyElse: report.redeemedBySomebodyElse,
      preview: preview.text,
      otherAccountReason,
    },
  }
}

async function timed<Result>(say: Say, what: string, work: () => Promise<Result>): Promise<Result> {
  const began = performance.now()
  const result = await work()
  say(`${what}: ${((performance.now() - began) / 1000).toFixed(1)} s`)
  return result
}

type People = {
  list: List
  count: number
  badRows: number
  facts: Pick<DemoFacts, 'rows' | 'repeatedRows' | 'addedAgain'>
}

async function importPeople(client: Client, say: Say): Promise<People> {
  const { id } = await client.post<List>('/v1/lists', { name: 'Newsletter' })
  const path = `/v1/lists/${id}/import?fileName=customers.csv&consent=subscribed`
  const first = await client.upload<PeopleImport>(path, CUSTOMERS)
  say(describeImport(first))
  const errors = await client.listAll<RowError>(`/v1/imports/${first.id}/errors`)
  for (const error of errors) say(describeRow(error))
  const second = await client.upload<PeopleImport>(path, CUSTOMERS)
  say(`The same file again: ${describeImport(second)}`)
  const list = await client.get<List>(`/v1/lists/${id}`)
  const addedAgain = second.added + second.updated + second.joined
  return {
    list,
    count: list.memberCount,
    badRows: errors.length,
    facts: { rows: first.read, repeatedRows: first.repeated, addedAgain },
  }
}

async function createCoupon(client: Client, say: Say): Promise<Coupon> {
  const [store] = await client.listAll<Store>('/v1/stores')
  if (!store) throw new Error('the account has no store')
  const coupon = await client.post<Coupon>('/v1/coupons', { name: 'WELCOME20', storeId: store.id, terms: TERMS })
  say(`Created ${coupon.name} in the store ${store.name}: 20 % off from 30.00 EUR, for 7 days after it was given`)
  return coupon
}

async function addCodes(client: Client, { id, name }: Coupon, say: Say): Promise<number> {
  let job = await client.post<CodeJob>(`/v1/coupons/${id}/codes`, { count: CODES })
  while (job.state === 'queued' || job.state === 'running') {
    await sleep(ASK_EVERY_MS)
    job = await client.get<CodeJob>(`/v1/code-jobs/${job.id}`)
    say(`  ${describeProgress(job, 'codes')}`)
  }
  if (job.state !== 'done') throw new Error(`the codes of ${name} were not added: ${job.error ?? job.state}`)
  return (await client.get<Coupon>(`/v1/coupons/${id}`)).counts.available
}

async function writeMail(client: Client, say: Say): Promise<{ template: Template; preview: Preview }> {
  const template = await client.post<Template>('/v1/templates', { name: 'Welcome', ...MAIL })
  const preview = await client.post<Preview>('/v1/templates/preview', MAIL)
  say(`Wrote the template ${template.name}. Its preview, which draws no code:`)
  say(indent(preview.text.trim()))
  return { template, preview }
}

async function sendCampaign(client: Client, list: List, template: Template, say: Say): Promise<Campaign> {
  const draft = { name: 'Welcome', audience: { include: [{ kind: 'list', id: list.id }] }, templateId: template.id }
  const { id } = await client.post<Campaign>('/v1/campaigns', draft)
  let campaign = await client.post<Campaign>(`/v1/campaigns/${id}/send`)
  let told = performance.now()
  while (campaign.state === 'preparing' || campaign.state === 'sending') {
    await sleep(ASK_EVERY_MS)
    campaign = await client.get<Campaign>(`/v1/campaigns/${id}`)
    if (performance.now() - told < 2000) continue
    told = performance.now()
    say(`  ${formatCount(campaign.counts.sent)} of ${formatCount(campaign.counts.recipients)} mails`)
  }
  if (campaign.state !== 'sent') throw new Error(`the campaign is ${campaign.state}: ${campaign.pausedReason}`)
  return campaign
}

/** Each code for an order of its own, then again for another order. */
async function shop(
  client: Client,
  mails: readonly SentMail[],
  say: Say,
): Promise<{ redeemed: number; refused: number }> {
  const counts = { redeemed: 0, refused: 0 }
  for (const [index, mail] of mails.entries()) {
    const first = await redeem(client, mail, `order-${index + 1}`)
    if (first.status === 'redeemed') counts.redeemed += 1
  }
  for (const [index, mail] of mails.entries()) {
    const second = await redeem(client, mail, `another-order-${index + 1}`)
    if (second.status === 'refused') counts.refused += 1
  }
  say(`Redeemed ${counts.redeemed} codes; of the same codes with other orders, ${counts.refused} were refused`)
  return counts
}

async function redeem(client: Client, { to: email, codes }: SentMail, orderId: string): Promise<CheckoutReply> {
  const body = { code: codes[0] ?? 'none', orderId, subtotalMinor: SUBTOTAL_MINOR, currency: 'EUR', email }
  return await client.post<CheckoutReply>('/v1/checkout/redeem', body)
}

/** Tries a code that nobody used with the key of another account. */
async function tryElsewhere(demo: Demo, mail: SentMail | undefined, say: Say): Promise<string | null> {
  if (!mail) return null
  const { status, reason } = await redeem(await openSecondAccount(demo), mail, 'order-1')
  say(`Tried a fresh code with the key of another account: ${status}, ${reason}`)
  return reason
}

async function showOutcome(
  client: Client,
  coupon: Coupon,
  mail: SentMail | undefined,
  say: Say,
): Promise<CouponReport> {
  const report = await client.get<CouponReport>(`/v1/reports/coupons/${coupon.id}`)
  say(`The report:\n${indent(formatReport(report))}`)
  const search = new URLSearchParams({ search: mail?.to ?? '' })
  const { items } = await client.get<{ items: Profile[] }>(`/v1/profiles?${search}`)
  const profile = items.find((one) => one.email === mail?.to)
  if (!profile) throw new Error(`nobody has the address ${mail?.to}`)
  const feed = await client.listAll<FeedItem>(`/v1/profiles/${profile.id}/feed`)
  say(`What happened with ${profile.email}, newest first:\n${indent(formatFeed(feed))}`)
  return report
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ')
}
