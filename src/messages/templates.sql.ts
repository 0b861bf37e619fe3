import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import type { MailContent, Medium } from './mail.ts'

export type TemplateRow = MailContent & {
  channel: Medium
  id: string
  name: string
  version: number
  versionId: string
  createdAt: Date
  updatedAt: Date
}

const COLUMNS =
  sql.raw(`t.id, t.name, t.channel, t.version, v.id as "versionId", v.subject, v.preview_text as "previewText", v.html, v.text,
  t.created_at as "createdAt", v.created_at as "updatedAt"`)
const FROM = sql.raw(`from templates t
  join template_versions v on v.account_id = t.account_id and v.template_id = t.id and v.version = t.version`)

export async function selectTemplate(db: Db, accountId: string, id: string): Promise<TemplateRow | undefined> {
  const { rows } = await sql<TemplateRow>`
    select ${COLUMNS} ${FROM} where t.account_id = ${accountId} and t.id = ${id} and t.archived_at is null`.execute(db)
  return rows[0]
}

export async function selectTemplates(
  db: Db,
  accountId: string,
  before: string | null,
  limit: number,
): Promise<TemplateRow[]> {
  const { rows } = await sql<TemplateRow>`
    select ${COLUMNS} ${FROM}
    where t.account_id = ${accountId} and t.archived_at is null and (${before}::uuid is null or t.id < ${before}::uuid)
    order by t.id desc limit ${limit}`.execute(db)
  return rows
}

export async function insertTemplate(
  db: Db,
  template: { accountId: string; id: string; name: string; channel?: Medium | undefined; now: Date },
): Promise<void> {
  await sql`
    insert into templates (account_id, id, name, channel, version, created_at)
    values (${template.accountId}, ${template.id}, ${template.name}, ${template.channel ?? 'email'}, 1, ${template.now})`.execute(
    db,
  )
}

export async function insertTemplateVersion(
  db: Db,
  version: MailContent & { accountId: string; id: string; templateId: string; version: number; now: Date },
): Promise<void> {
  await sql`
    insert into template_versions (account_id, id, template_id, version, subject, preview_text, html, text, created_at)
    values (${version.accountId}, ${version.id}, ${version.templateId}, ${version.version}, ${version.subject},
      ${version.previewText}, ${version.html}, ${version.text}, ${version.now})`.execute(db)
}

/** Holds the row: of two savers at once the second builds on the first. Returns the new version's number. */
export async function updateTemplateVersion(db: Db, accountId: string, id: string): Promise<number | undefined> {
  const { rows } = await sql<{ version: number }>`
    update templates set version = version + 1 where account_id = ${accountId} and id = ${id} and archived_at is null
    returning version`.execute(db)
  return rows[0]?.version
}

export async function updateTemplateName(db: Db, accountId: string, id: string, name: string): Promise<void> {
  await sql`update templates set name = ${name} where account_id = ${accountId} and id = ${id}`.execute(db)
}

export async function updateTemplateArchived(db: Db, accountId: string, id: string, now: Date): Promise<boolean> {
  const { rows } = await sql`
    update templates set archived_at = ${now} where account_id = ${accountId} and id = ${id} and archived_at is null
      and not exists (
        select 1 from campaigns c where c.account_id = templates.account_id and templates.id in (c.template_id, c.ab_template_id)
          and c.state not in ('sent', 'cancelled')
      )
    returning id`.execute(db)
  return rows.length === 1
}

export async function selectVersionContent(
  db: Db,
  accountId: string,
  versionId: string,
): Promise<MailContent | undefined> {
  const { rows } = await sql<MailContent>`
    select t.channel, v.subject, v.preview_text as "previewText", v.html, v.text
    from template_versions v join templates t on t.account_id = v.account_id and t.id = v.template_id
    where v.account_id = ${accountId} and v.id = ${versionId}`.execute(db)
  return rows[0]
}

export async function selectVersionNumber(
  db: Db,
  accountId: string,
  templateId: string,
  version: number,
): Promise<MailContent | undefined> {
  const { rows } = await sql<MailContent>`
    select subject, preview_text as "previewText", html, text from template_versions
    where account_id = ${accountId} and template_id = ${templateId} and version = ${version}`.execute(db)
  return rows[0]
}
