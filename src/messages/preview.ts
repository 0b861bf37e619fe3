import type { Preview } from '../../contract/messages.ts'
import { requireAccount } from '../accounts/account.ts'
import type { Db } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { TemplateError } from '../templates/template.ts'
import { type MailContent, renderMail } from './mail.ts'
import { selectPerson } from './messages.sql.ts'
import { contextOf, SAMPLE_PERSON } from './person.ts'
import { checkMail } from './templates.ts'

/**
 * A mail as one person would see it, or as somebody made up would (`profileId` null). Draws nothing: `NAME-preview` stands for
 * each code. What is wrong in the template comes in `issues`; a part that cannot be read is empty. Throws `profile_not_found`.
 */
export async function previewMail(
  db: Db,
  input: MailContent & { accountId: string; profileId: string | null; now: Date },
): Promise<Preview> {
  const { accountId, profileId, now } = input
  const account = await requireAccount(db, { accountId })
  const person = profileId === null ? SAMPLE_PERSON : await selectPerson(db, accountId, profileId)
  if (!person) throw new AppError('profile_not_found', 'There is no such person in this account.', { profileId })
  const mail = await checkMail(db, { accountId, content: input })
  const { issues, coupons } = mail
  try {
    const rendered = renderMail(mail, contextOf(person, account), { mode: 'preview', now, timeZone: account.timeZone })
    return { ...rendered, coupons, issues }
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
    return { subject: '', previewText: '', html: '', text: '', coupons, issues: [...issues, ...found] }
  }
}
