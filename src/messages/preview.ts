import type { Preview } from '../../contract/messages.ts'
import { type AccountFacts, requireAccount } from '../accounts/account.ts'
import { countSegments, type Segments } from '../channels/sms/segments.ts'
import { findOpenCode } from '../codes/open-codes.ts'
import type { CouponRow } from '../coupons/coupon.ts'
import { listCouponsByName } from '../coupons/find-coupon.ts'
import type { Db } from '../db/database.ts'
import { maskCode } from '../lib/mask.ts'
import { type CouponValue, type RenderContext, TemplateError } from '../templates/template.ts'
import { type CompiledMail, type MailContent, renderMail } from './mail.ts'
import { requirePersonContext } from './person-context.ts'
import { completeSms, shortenLinks } from './sms/sms-text.ts'
import { checkMail } from './templates.ts'

/**
 * A mail as one person would see it, or as somebody made up would (`profileId` null). Draws nothing: the open code of the
 * person is shown masked, and `NAME-preview` stands where there is none. What is wrong in the template comes in `issues`; a part that cannot be read is empty. Throws `profile_not_found`.
 */
export async function previewMail(
  db: Db,
  input: MailContent & { accountId: string; profileId: string | null; publicUrl: string; now: Date },
): Promise<Preview> {
  const { accountId, profileId, now } = input
  const account = await requireAccount(db, { accountId })
  const context = await requirePersonContext(db, { accountId, profileId, account })
  const mail = await checkMail(db, { accountId, content: input })
  const { issues, coupons } = mail
  const shown = profileId === null ? {} : await findShownCodes(db, { accountId, profileId, names: coupons, now })
  try {
    const rendered = renderMail(mail, context, { mode: 'preview', now, timeZone: account.timeZone, coupons: shown })
    if (mail.channel === 'email') return { ...rendered, segments: null, coupons, issues }
    const text = completeSms(rendered.text, { brand: account.name, optOut: account.smsOptOut })
    return { ...rendered, text, segments: await countWorstCase(db, input, mail, context, account), coupons, issues }
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    const found = error.issues.map(({ severity, code, message, line, column }) => ({
      part: 'html' as const,
      severity,
      code,
      message,
      line,
      column,
    }))
    return { subject: '', previewText: '', html: '', text: '', segments: null, coupons, issues: [...issues, ...found] }
  }
}

/** The open codes of a person, as a preview shows them: masked, with their end; links lead to the shop without the code. */
async function findShownCodes(
  db: Db,
  input: { accountId: string; profileId: string; names: string[]; now: Date },
): Promise<Record<string, CouponValue>> {
  const shown: Record<string, CouponValue> = {}
  for (const coupon of await listCouponsByName(db, input)) {
    const open = await findOpenCode(db, { ...input, coupon })
    if (!open) continue
    const { storeUrl } = coupon
    const link = storeUrl === null ? {} : { link: (path: string) => new URL(path, storeUrl).href }
    const masked = maskCode(open.code)
    shown[coupon.name] = { code: masked, previewedAs: masked, expiresAt: open.expiresAt, ...link }
  }
  return shown
}

/** Segments of a text message with codes as long as the coupons' and links as short as they will be. */
async function countWorstCase(
  db: Db,
  input: { accountId: string; publicUrl: string; now: Date },
  mail: CompiledMail,
  context: RenderContext,
  account: AccountFacts,
): Promise<Segments> {
  const known = await listCouponsByName(db, { accountId: input.accountId, names: mail.coupons })
  const coupons = Object.fromEntries(
    known.map((coupon) => [
      coupon.name,
      { code: '', expiresAt: null, previewedAs: longestCode(coupon), link: sampleLink },
    ]),
  )
  const { text } = renderMail(mail, context, { mode: 'preview', now: input.now, timeZone: account.timeZone, coupons })
  const shortLink = `${input.publicUrl.replace(/\/$/, '')}/c/${'x'.repeat(12)}`
  const linked = account.trackClicks ? shortenLinks(text, () => shortLink) : text
  return countSegments(completeSms(linked, { brand: account.name, optOut: account.smsOptOut }))
}

function longestCode({ prefix, codeLength }: CouponRow): string {
  return 'X'.repeat(prefix.length + 1 + codeLength)
}

function sampleLink(path: string): string {
  return new URL(path, 'https://shop.example').href
}
