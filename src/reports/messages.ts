import type { Page } from '../../contract/common.ts'
import type { Message } from '../../contract/messages.ts'
import type { TemplateReport } from '../../contract/reports.ts'
import type { Db } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { decodeIdCursor, toPage } from '../lib/cursor.ts'
import { maskCode } from '../lib/mask.ts'
import { type MessageRow, selectMessage, selectMessages, selectTemplateNumbers } from './messages.sql.ts'

export type ListMessagesInput = {
  accountId: string
  campaignId?: string | undefined
  profileId?: string | undefined
  state?: string | undefined
  reason?: string | undefined
  search?: string | undefined
  cursor?: string | undefined
  limit: number
  /** False masks the codes. */
  showsCodes: boolean
}

/** Messages of the account, newest first. `search` is a part of the address. */
export async function reportMessages(db: Db, input: ListMessagesInput): Promise<Page<Message>> {
  const { cursor, search, limit, showsCodes, ...filter } = input
  const rows = await selectMessages(db, {
    ...filter,
    search: search?.trim().toLowerCase() || undefined,
    before: decodeIdCursor(cursor),
    limit: limit + 1,
  })
  return toPage(
    rows,
    limit,
    (row) => [row.id],
    (row) => toMessage(row, showsCodes),
  )
}

/** Throws `message_not_found`. */
export async function reportMessage(
  db: Db,
  input: { accountId: string; messageId: string; showsCodes: boolean },
): Promise<Message> {
  const row = await selectMessage(db, input.accountId, input.messageId)
  if (!row)
    throw new AppError('message_not_found', 'There is no such message in this account.', { messageId: input.messageId })
  return toMessage(row, input.showsCodes)
}

function toMessage(row: MessageRow, showsCodes: boolean): Message {
  return {
    ...row,
    codes: (row.codes ?? []).map(({ coupon, code, expiresAt }) => ({
      coupon,
      code: showsCodes ? code : maskCode(code),
      expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
    })),
    deferredUntil: row.deferredUntil?.toISOString() ?? null,
    nextAskAt: row.nextAskAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    sentAt: row.sentAt?.toISOString() ?? null,
    openedAt: row.openedAt?.toISOString() ?? null,
    clickedAt: row.clickedAt?.toISOString() ?? null,
  }
}

/** What became of a template's messages so far; zeros for one that was never sent. */
export async function reportTemplate(
  db: Db,
  input: { accountId: string; templateId: string },
): Promise<TemplateReport> {
  return { templateId: input.templateId, ...(await selectTemplateNumbers(db, input.accountId, input.templateId)) }
}
