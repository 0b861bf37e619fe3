import type { EmailProvider } from '../../channels/email/email-channel.ts'
import type { Db } from '../../db/database.ts'
import { inTransaction } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { newId } from '../../lib/ids.ts'
import { requireProvider } from '../senders/require-provider.ts'
import {
  countResentSince,
  type Holder,
  insertResent,
  lockHolder,
  type ResentRow,
  type SentOriginal,
  selectCodesNow,
  selectOriginal,
  selectResent,
} from './resend.sql.ts'

/** Most messages that are sent again to one person in a day. */
const PER_DAY = 5
const DAY_MS = 86_400_000

export type ResendInput = {
  accountId: string
  codeId: string
  /** Undefined: whichever of email and text told the code last. */
  medium?: 'email' | 'sms' | undefined
  /** Repeating a request with the same key makes no second message. */
  requestKey: string
  /** What sends where no sender is active. */
  channel: EmailProvider
  now: Date
}

export type Resent = ResentRow & { isRepeat: boolean; couponId: string; profileId: string }

/**
 * Writes down the message in which a person got a code, to be sent to them again, at the address that they have now; a worker sends it
 * (`runTests`). Where the code replaced another, it is the message of that one, with the new code.
 *
 * Consent and suppression are looked at here and once more when it goes out, and by then the code must still be good. Throws
 * `code_not_found`, `code_state` for a code that cannot be used, `code_not_sent` where no message told it, `not_reachable`,
 * `sender_missing`, `too_many_requests`.
 */
export async function resendMessage(db: Db, input: ResendInput): Promise<Resent> {
  return await inTransaction(db, async (trx) => {
    const { accountId, codeId, now } = input
    const holder = await lockHolder(trx, input)
    if (!holder)
      throw new AppError('code_not_found', 'Nobody has this code, so there is no message to send again.', { codeId })
    const { couponId, profileId } = holder
    const before = await selectResent(trx, accountId, input.requestKey)
    if (before) return { ...before, isRepeat: true, couponId, profileId }
    refuseOver(holder, codeId)
    const original = await requireOriginal(trx, input, profileId)
    const address = requireReachable(holder, original)
    const codes = await selectCodesNow(trx, { accountId, messageId: original.id, profileId, now })
    const lacking = codes.find((code) => code.codeId === null)
    if (lacking) throw lacks(lacking.couponName, codeId)
    await refuseTooMany(trx, input, profileId)
    const channel = await requireProvider(trx, { accountId, medium: original.medium, fallback: input.channel })
    const id = newId()
    const { requestKey: request } = input
    await insertResent(trx, { accountId, id, originalId: original.id, address, channel, request, codes, now })
    const { medium, templateVersionId } = original
    return { id, to: address, medium, templateVersionId, isRepeat: false, couponId, profileId }
  })
}

function refuseOver({ isOpen }: Holder, codeId: string): void {
  if (isOpen) return
  const message =
    'This code cannot be used any more, so sending it again helps nobody. Give the person a new code first.'
  throw new AppError('code_state', message, { codeId })
}

async function requireOriginal(trx: Db, input: ResendInput, profileId: string): Promise<SentOriginal> {
  const original = await selectOriginal(trx, { ...input, medium: input.medium, profileId })
  if (original) return original
  const what = input.medium === undefined ? 'message' : input.medium === 'sms' ? 'text message' : 'email'
  const message = `No ${what} told the person this code: it was given in another way. Tell it to them yourself.`
  throw new AppError('code_not_sent', message, { codeId: input.codeId })
}

function requireReachable(holder: Holder, { medium }: SentOriginal): string {
  const isSms = medium === 'sms'
  const address = isSms ? holder.phone : holder.email
  const consent = isSms ? holder.smsConsent : holder.emailConsent
  const refuse = (reason: string, message: string) => new AppError('not_reachable', message, { reason, medium })
  if (address === null)
    throw refuse(
      'no_address',
      `The person has no ${isSms ? 'phone number' : 'email address'} any more. Add one to the profile.`,
    )
  if (consent !== 'subscribed')
    throw refuse('not_subscribed', `The person did not agree to get ${isSms ? 'text messages' : 'emails'}.`)
  if (isSms ? holder.isSmsSuppressed : holder.isEmailSuppressed)
    throw refuse('suppressed', `${address} is on the suppression list. Take it off there if it is right again.`)
  return address
}

function lacks(couponName: string, codeId: string): AppError {
  const message = `The message also shows a code of ${couponName}, and the person has none that can be used. Give them one first.`
  return new AppError('code_state', message, { codeId, coupon: couponName })
}

async function refuseTooMany(trx: Db, { accountId, now }: ResendInput, profileId: string): Promise<void> {
  if ((await countResentSince(trx, accountId, profileId, new Date(now.getTime() - DAY_MS))) < PER_DAY) return
  const message = `At most ${PER_DAY} messages a day are sent again to one person. Wait until tomorrow.`
  throw new AppError('too_many_requests', message, { retryAfterSeconds: 3600 })
}
