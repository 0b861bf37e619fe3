import type { Page } from '../../contract/common.ts'
import { MAX_SMS_CHARACTERS, type Template } from '../../contract/messages.ts'
import { listCouponsByName } from '../coupons/find-coupon.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { AppError } from '../errors.ts'
import { brokenConstraint } from '../lib/constraint.ts'
import { decodeIdCursor, toPage } from '../lib/cursor.ts'
import { newId } from '../lib/ids.ts'
import { type CompiledMail, compileMail, type MailContent } from './mail.ts'
import {
  insertTemplate,
  insertTemplateVersion,
  selectTemplate,
  selectTemplates,
  selectVersionContent,
  selectVersionNumber,
  type TemplateRow,
  updateTemplateArchived,
  updateTemplateName,
  updateTemplateVersion,
} from './templates.sql.ts'

/** Throws `template_not_found`. */
export async function requireTemplate(db: Db, input: { accountId: string; templateId: string }): Promise<TemplateRow> {
  const row = await selectTemplate(db, input.accountId, input.templateId)
  if (!row)
    throw new AppError('template_not_found', 'There is no such template in this account.', {
      templateId: input.templateId,
    })
  return row
}

/** A template with what is wrong in it: unknown tags, unknown coupons, each with its line. Throws `template_not_found`. */
export async function describeTemplate(db: Db, input: { accountId: string; templateId: string }): Promise<Template> {
  const row = await requireTemplate(db, input)
  const mail = await checkMail(db, { accountId: input.accountId, content: row })
  const { versionId: _, ...fields } = row
  return {
    ...fields,
    coupons: mail.coupons,
    issues: mail.issues,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}

/** Newest first. */
export async function listTemplates(
  db: Db,
  input: { accountId: string; cursor?: string | undefined; limit: number },
): Promise<Page<Pick<Template, 'id' | 'name' | 'channel' | 'subject' | 'text' | 'coupons' | 'updatedAt'>>> {
  const rows = await selectTemplates(db, input.accountId, decodeIdCursor(input.cursor) ?? null, input.limit + 1)
  return toPage(
    rows,
    input.limit,
    (row) => [row.id],
    (row) => ({
      id: row.id,
      name: row.name,
      channel: row.channel,
      subject: row.subject,
      text: row.channel === 'sms' ? row.text : null,
      coupons: compileMail(row).coupons,
      updatedAt: row.updatedAt.toISOString(),
    }),
  )
}

/** Saves version 1; also a template with mistakes, so that no work is lost: sending refuses it. Throws `name_taken`. */
export async function createTemplate(
  db: Db,
  input: MailContent & { accountId: string; name: string; now: Date },
): Promise<Template> {
  const id = newId()
  await inTransaction(db, async (trx) => {
    await insertTemplate(trx, { ...input, id })
    await insertTemplateVersion(trx, { ...input, id: newId(), templateId: id, version: 1 })
  }).catch((error: unknown) => refuseTakenName(error, input.name))
  return await describeTemplate(db, { accountId: input.accountId, templateId: id })
}

export type UpdateTemplateInput = { [K in keyof Omit<MailContent, 'channel'>]?: MailContent[K] | undefined } & {
  accountId: string
  templateId: string
  name?: string | undefined
  now: Date
}

/** Changes what is given. A change of content makes a new version. Throws `template_not_found`, `name_taken`. */
export async function updateTemplate(db: Db, input: UpdateTemplateInput): Promise<Template> {
  const { accountId, templateId, name, now } = input
  refuseForeignParts(await requireTemplate(db, input), input)
  await inTransaction(db, async (trx) => {
    if (name !== undefined) await updateTemplateName(trx, accountId, templateId, name)
    if ([input.subject, input.previewText, input.html, input.text].every((value) => value === undefined)) return
    const version = await updateTemplateVersion(trx, accountId, templateId)
    if (version === undefined) return
    const before = await requireVersion(trx, { accountId, templateId, version: version - 1 }) // read once the row is ours
    await insertTemplateVersion(trx, {
      accountId,
      id: newId(),
      templateId,
      version,
      subject: input.subject ?? before.subject,
      previewText: input.previewText ?? before.previewText,
      html: input.html ?? before.html,
      text: input.text === undefined ? before.text : input.text,
      now,
    })
  }).catch((error: unknown) => refuseTakenName(error, name ?? ''))
  return await describeTemplate(db, input)
}

/** A text message is its text and nothing else. */
function refuseForeignParts({ channel }: TemplateRow, changes: UpdateTemplateInput): void {
  if (channel === 'email') return
  const { subject, previewText, html, text } = changes
  const isForeign = [subject, previewText, html].some((part) => part !== undefined && part !== '')
  if (!isForeign && (text === undefined || (text?.trim() && text.length <= MAX_SMS_CHARACTERS))) return
  const message = `A text message is text alone, at most ${MAX_SMS_CHARACTERS} characters: leave subject, previewText and html out.`
  throw new AppError('invalid_input', message)
}

async function requireVersion(
  trx: Db,
  input: { accountId: string; templateId: string; version: number },
): Promise<MailContent> {
  const content = await selectVersionNumber(trx, input.accountId, input.templateId, input.version)
  if (!content) throw new Error(`version ${input.version} of template ${input.templateId} is gone`)
  return content
}

/** Puts a template away; sent campaigns keep their version. Throws `template_not_found`, `template_in_use`. */
export async function archiveTemplate(
  db: Db,
  input: { accountId: string; templateId: string; now: Date },
): Promise<void> {
  await requireTemplate(db, input)
  if (await updateTemplateArchived(db, input.accountId, input.templateId, input.now)) return
  throw new AppError(
    'template_in_use',
    'A campaign that is not sent yet uses this template. Give it another one or delete it first.',
    {
      templateId: input.templateId,
    },
  )
}

/** What one version of a template says. Throws `template_not_found`. */
export async function requireContent(db: Db, input: { accountId: string; versionId: string }): Promise<MailContent> {
  const content = await selectVersionContent(db, input.accountId, input.versionId)
  if (!content) throw new AppError('template_not_found', 'The version of the template is gone.', { ...input })
  return content
}

/** Compiles a mail and adds what only the account knows: coupons that are not there or archived, links to a store whose address is not set. */
export async function checkMail(db: Db, input: { accountId: string; content: MailContent }): Promise<CompiledMail> {
  const mail = compileMail(input.content)
  const known = await listCouponsByName(db, { accountId: input.accountId, names: mail.coupons })
  const names = new Set(known.map((coupon) => coupon.name))
  for (const name of mail.coupons.filter((name) => !names.has(name))) {
    const { part, line, column } = placeOf(input.content, name)
    const message = `There is no coupon named '${name}'. Names are matched exactly; create it or correct the name.`
    mail.issues.push({ part, severity: 'error', code: 'unknown_coupon', message, line, column })
  }
  for (const coupon of known.filter((coupon) => coupon.storeUrl === null && mail.linkedCoupons.includes(coupon.name))) {
    const { part, line, column } = placeOf(input.content, coupon.name)
    const message = `{% coupon_link '${coupon.name}' … %} needs the address of the store ${coupon.storeName}. Set it in the settings.`
    mail.issues.push({ part, severity: 'error', code: 'store_url_missing', message, line, column })
  }
  return mail
}

/** Where a coupon's name is written first. */
function placeOf(
  content: MailContent,
  name: string,
): { part: 'subject' | 'previewText' | 'html' | 'text'; line: number; column: number } {
  for (const part of ['subject', 'previewText', 'html', 'text'] as const) {
    const at =
      content[part]?.search(new RegExp(`\\{%[^%]*['"]${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}['"]`)) ?? -1
    if (at < 0) continue
    const before = (content[part] ?? '').slice(0, at).split('\n')
    return { part, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
  }
  return { part: 'html', line: 1, column: 1 }
}

/** Compiled mails by version. Versions never change, so an entry is never wrong; the oldest goes when there are many. */
const MOST_KEPT = 100

export type MailCache = (db: Db, accountId: string, versionId: string) => Promise<CompiledMail>

export function createMailCache(): MailCache {
  const kept = new Map<string, CompiledMail>()
  return async (db, accountId, versionId) => {
    const key = `${accountId} ${versionId}`
    const found = kept.get(key)
    if (found) return found
    const mail = compileMail(await requireContent(db, { accountId, versionId }))
    kept.set(key, mail)
    const [oldest] = kept.keys()
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest)
    return mail
  }
}

function refuseTakenName(error: unknown, name: string): never {
  if (brokenConstraint(error) !== 'templates_name') throw error
  throw new AppError(
    'name_taken',
    'There is already a template of this name. Choose another.',
    { name },
    { cause: error },
  )
}
