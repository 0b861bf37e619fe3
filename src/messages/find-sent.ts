import { requireAccount } from '../accounts/account.ts'
import type { Db } from '../db/database.ts'
import { TemplateError } from '../templates/template.ts'
import { type MessageInput, renderForWeb, renderSms, targetOf } from './render-message.ts'
import type { Sender } from './sender.ts'
import { type SentCode, selectIsFirst, selectSent } from './sent.sql.ts'
import type { MailCache } from './templates.ts'

/** What pages of ours need to make a mail again that was sent. */
export type SentDeps = Pick<Sender, 'publicUrl' | 'secret'> & { mails: MailCache }
type Ids = { accountId: string; messageId: string }
export type Target = Ids & { url: string }

/** Where the nth link of a message that went out leads; undefined where there is no such message or link. */
export async function findTarget(
  db: Db,
  deps: SentDeps,
  input: (Ids | { shortKey: string }) & { link: number },
): Promise<Target | undefined> {
  const found = await findSent(db, deps, input)
  if (!found) return undefined
  const url = targetOf(found.input, input.link)
  return url === undefined ? undefined : { accountId: found.input.accountId, messageId: found.input.message.id, url }
}

export type WebView = { subject: string; html: string; codes: SentCode[] }

/** A mail as its recipient got it, made again, with what became of its codes; undefined where nothing went out. */
export async function findWebView(db: Db, deps: SentDeps, input: Ids): Promise<WebView | undefined> {
  const found = await findSent(db, deps, input)
  if (!found || found.input.mail.channel === 'sms') return undefined
  const { subject, html } = renderForWeb(found.input)
  return { subject, html, codes: found.codes }
}

/** A text message as its recipient got it, made again; null where it cannot be: what it was made of is not kept. */
export async function findSentText(db: Db, deps: SentDeps, input: Ids): Promise<string | null> {
  const found = await findSent(db, deps, input)
  if (found?.input.mail.channel !== 'sms') return null
  try {
    return renderSms(found.input, await selectIsFirst(db, input))
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    return null
  }
}

/**
 * Made of the template's version, the person's data and the moment that the message keeps, and of its own codes; those that were
 * taken back since are not shown again.
 */
async function findSent(
  db: Db,
  deps: SentDeps,
  named: Ids | { shortKey: string },
): Promise<{ input: MessageInput; codes: SentCode[] } | undefined> {
  const row = await selectSent(db, named)
  if (!row) return undefined
  const { accountId } = row
  const mail = await deps.mails(db, accountId, row.templateVersionId)
  const sender = { account: await requireAccount(db, { accountId }), publicUrl: deps.publicUrl, secret: deps.secret }
  const codes = row.codes ?? []
  const shown = codes.map((code) => ({ ...code, isHidden: code.isWithdrawn }))
  return { input: { accountId, mail, sender, message: { ...row, codes: shown, isKept: true } }, codes }
}
