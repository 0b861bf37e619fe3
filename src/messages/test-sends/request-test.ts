import { z } from 'zod'
import { requireAccount } from '../../accounts/account.ts'
import type { EmailProvider } from '../../channels/email/email-channel.ts'
import { drawTestCode } from '../../codes/test-code.ts'
import { listCouponsByName } from '../../coupons/find-coupon.ts'
import type { Db } from '../../db/database.ts'
import { inTransaction } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { newId } from '../../lib/ids.ts'
import { readPhone } from '../../profiles/phone.ts'
import { TemplateError } from '../../templates/template.ts'
import { type CompiledMail, couponsShownTo, type Medium } from '../mail.ts'
import { keptContext } from '../person.ts'
import { requirePersonContext } from '../person-context.ts'
import { requireProvider } from '../senders/require-provider.ts'
import { checkMail, requireTemplate } from '../templates.ts'
import { countTestsSince, insertTests, lockTests, selectTests, type TestRow } from './test-sends.sql.ts'

/** Most test messages of an account in an hour. */
const PER_HOUR = 100
const HOUR_MS = 3_600_000

export type RequestTestInput = {
  accountId: string
  templateId: string
  /** Whoever gets it; one that is named twice gets one mail. */
  addresses: string[]
  /** As whom they see it; null: as somebody made up. */
  profileId: string | null
  /** Repeating a request with the same key makes no second mail. */
  requestKey: string
  /** What sends where no sender is active. */
  channel: EmailProvider
  now: Date
}

type TestCode = { couponId: string; couponName: string; codeId: string; code: string; expiresAt: Date | null }
export type RequestedTest = { isRepeat: boolean; templateVersionId: string; messages: TestRow[]; codes: TestCode[] }

/**
 * Writes down test messages of a template's newest version; a worker sends them (`runTests`).
 *
 * Each coupon that the mail shows gets one real code, marked as a test and shared by all testers while it is open. Throws
 * `invalid_input` for an address, `template_not_found`, `template_invalid` with its issues, `profile_not_found`, `sender_missing`, `no_code`,
 * `too_many_requests`, `coupon_archived`, `coupon_expired`; nothing has been drawn then.
 */
export async function requestTest(db: Db, input: RequestTestInput): Promise<RequestedTest> {
  const { accountId, now } = input
  const template = await requireTemplate(db, input)
  const mail = await checkMail(db, { accountId, content: template })
  refuseMistakes(mail)
  const account = await requireAccount(db, input)
  const channel = await requireProvider(db, { accountId, medium: template.channel, fallback: input.channel })
  const context = keptContext(await requirePersonContext(db, { ...input, account }), mail.variables)
  const messages = toMessages(template.channel, input.addresses)
  return await inTransaction(db, async (trx) => {
    await lockTests(trx, accountId)
    const { versionId: templateVersionId } = template
    const before = await selectTests(trx, accountId, input.requestKey)
    if (before.length > 0) return { isRepeat: true, templateVersionId, messages: before, codes: [] }
    await refuseTooMany(trx, input, messages.length)
    const names = namesShown(mail, context, { now, timeZone: account.timeZone })
    const codes = await drawAll(trx, input, names)
    const { requestKey: request, profileId: shownAs } = input
    const medium = template.channel
    await insertTests(trx, {
      accountId,
      request,
      templateVersionId,
      medium,
      channel,
      context,
      shownAs,
      messages,
      codes,
      now,
    })
    return { isRepeat: false, templateVersionId, messages, codes }
  })
}

function refuseMistakes(mail: CompiledMail): void {
  const [first] = mail.issues.filter((issue) => issue.severity === 'error')
  if (!first) return
  const message = `Correct the template first: ${first.part}, line ${first.line}: ${first.message}`
  throw new AppError('template_invalid', message, { issues: mail.issues })
}

function toMessages(channel: Medium, addresses: string[]): TestRow[] {
  const read = channel === 'sms' ? readTestPhone : readTestEmail
  const distinct = [...new Set(addresses.map(read))].toSorted()
  return distinct.map((to) => ({ id: newId(), to }))
}

function readTestEmail(address: string): string {
  if (z.email().safeParse(address).success) return address.toLowerCase()
  throw new AppError('invalid_input', `Correct the address ${address}: it is no email address.`, { address })
}

function readTestPhone(number: string): string {
  const read = readPhone(number, null)
  if ('phone' in read) return read.phone
  throw new AppError('invalid_input', `Correct ${number}. ${read.problem}`, { address: number })
}

async function refuseTooMany(trx: Db, { accountId, now }: RequestTestInput, wanted: number): Promise<void> {
  const sent = await countTestsSince(trx, accountId, new Date(now.getTime() - HOUR_MS))
  if (sent + wanted <= PER_HOUR) return
  throw new AppError('too_many_requests', `Wait before you send more tests: at most ${PER_HOUR} messages an hour.`, {
    retryAfterSeconds: 600,
  })
}

function namesShown(
  mail: CompiledMail,
  context: Parameters<typeof couponsShownTo>[1],
  options: Parameters<typeof couponsShownTo>[2],
): string[] {
  try {
    return couponsShownTo(mail, context, options)
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    throw new AppError('template_invalid', `The template cannot be rendered for this person: ${error.message}`, {
      issues: [],
    })
  }
}

/** In the order of the coupons' ids, as all draws of several coupons: two of them cannot wait for each other. */
async function drawAll(trx: Db, { accountId, now }: RequestTestInput, names: string[]): Promise<TestCode[]> {
  const coupons = await listCouponsByName(trx, { accountId, names })
  const codes: TestCode[] = []
  for (const coupon of coupons.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const drawn = await drawTestCode(trx, { accountId, couponId: coupon.id, now })
    if (drawn.status === 'exhausted') {
      const message = `${coupon.name} has no code left that a test could show. Add codes first.`
      throw new AppError('no_code', message, { couponId: coupon.id })
    }
    const { codeId, code, expiresAt } = drawn
    codes.push({ couponId: coupon.id, couponName: coupon.name, codeId, code, expiresAt })
  }
  return codes
}
