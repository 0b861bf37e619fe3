import type { Readable } from 'node:stream'
import type { RowError } from '../../contract/codes.ts'
import type { Page } from '../../contract/common.ts'
import { MAX_FILE_BYTES, MAX_LINE_BYTES, type PeopleImport } from '../../contract/people.ts'
import type { Db } from '../db/database.ts'
import { inRetriedTransaction } from '../db/transaction.ts'
import { AppError } from '../errors.ts'
import { type CsvBatch, CsvError, type CsvFile, openCsv } from '../lib/csv.ts'
import type { CsvFault } from '../lib/csv-records.ts'
import { CursorError, decodeCursor, toPage } from '../lib/cursor.ts'
import { newId } from '../lib/ids.ts'
import { type Plan, planBatch } from './import-batch.ts'
import { type Columns, type Person, type RowProblem, readColumns, readPerson, shorten } from './import-columns.ts'
import {
  findImportRow,
  type ImportCounts,
  type ImportRow,
  insertImport,
  insertImportPeople,
  insertRowReports,
  lockPeople,
  selectMatches,
  selectRowReports,
  updateImportCounts,
  updateImportEnd,
  updatePeople,
  updateStandingImports,
} from './imports.sql.ts'
import { insertMembers } from './lists.sql.ts'
import { requireListName } from './lists.ts'
import { insertProfiles } from './profiles.sql.ts'

/** Most rows whose reason is kept; the count of bad rows stays exact beyond it. */
export const MAX_KEPT_REPORTS = 10_000
/** Rows of one transaction: few enough that locks are short, many enough that a commit is not what costs. */
const ROWS_PER_BATCH = 1000
/** How long a running import may stand still before it counts as abandoned. */
const ABANDONED_AFTER_MS = 15 * 60_000

const FAULT_REASONS: Record<CsvFault, string> = {
  stray_quote: 'Put the value in quotes and double each quote inside it.',
  unclosed_quote: 'Close the quote that is opened in this row; a row holds at most 1 MiB.',
  line_too_long: 'Shorten the row: it holds more than 1 MiB.',
  not_utf8: 'Save the file as "CSV UTF-8": this row holds bytes that are no UTF-8 text.',
}

export type ImportInput = {
  accountId: string
  listId: string
  fileName: string
  consent: 'column' | 'subscribed'
  source: Readable
  now: Date
}
type Job = ImportInput & { importId: string; listName: string; columns: Columns; reports: number }

/**
 * Reads a CSV file of people into a list, in constant memory and a transaction per 1,000 rows.
 *
 * Safe to repeat and to race: a person is found by email, else by phone; the same file again adds, updates and joins
 * nobody. Bad rows are reported by line; a row that was taken without its phone is reported too, without counting as bad.
 * Nothing is written when the file is refused at its start: `empty_file`, `wrong_encoding`, `invalid_csv`,
 * `missing_column`, `list_not_found`. `payload_too_large` comes while reading: what was read stays in, the import is
 * `failed` and its id is in `data`. The source is left open and paused when reading stops early: its owner
 * closes or drains it.
 */
export async function importPeople(db: Db, input: ImportInput): Promise<PeopleImport> {
  const listName = await requireListName(db, input)
  const chunks = input.source.iterator({ destroyOnReturn: false })
  try {
    const file = await openFile(chunks)
    const columns = readColumns(file.header)
    const importId = newId()
    await insertImport(db, { ...input, id: importId })
    return await takeFile(db, { ...input, importId, listName, columns, reports: 0 }, file)
  } finally {
    await chunks.return?.() // lets go of the source without closing it
  }
}

/**
 * Ends imports whose process died: running and without progress for 15 minutes. Of every account; returns how many.
 */
export async function failAbandonedImports(db: Db, now: Date): Promise<number> {
  const standingSince = new Date(now.getTime() - ABANDONED_AFTER_MS)
  const message = 'The import was interrupted. What was read is in the list; import the file again.'
  return await updateStandingImports(db, standingSince, message, now)
}

/** Throws `import_not_found`. */
export async function requireImport(db: Db, input: { accountId: string; importId: string }): Promise<PeopleImport> {
  const row = await findImportRow(db, input.accountId, input.importId)
  if (!row)
    throw new AppError('import_not_found', 'There is no such import in this account.', { importId: input.importId })
  return toImport(row)
}

/** Rows that were not taken, or not whole, by line; the first 10,000. Throws `import_not_found`. */
export async function listImportErrors(
  db: Db,
  input: { accountId: string; importId: string; cursor?: string | undefined; limit: number },
): Promise<Page<RowError>> {
  await requireImport(db, input)
  const [after = '0'] = decodeCursor(input.cursor, 1) ?? []
  if (!/^\d{1,9}$/.test(after)) throw new CursorError('not a line')
  const rows = await selectRowReports(db, input.accountId, input.importId, Number(after), input.limit + 1)
  return toPage(
    rows,
    input.limit,
    (row) => [String(row.line)],
    (row) => row,
  )
}

async function openFile(chunks: AsyncIterable<Buffer | string>): Promise<CsvFile> {
  const limits = { maxLineBytes: MAX_LINE_BYTES, maxFileBytes: MAX_FILE_BYTES, rowsPerBatch: ROWS_PER_BATCH }
  return await openCsv(chunks, limits).catch((error: unknown) => {
    throw toAppError(error) ?? error
  })
}

async function takeFile(db: Db, job: Job, file: CsvFile): Promise<PeopleImport> {
  const { accountId, importId, now } = job
  try {
    for await (const batch of file.batches) await takeBatch(db, job, batch)
  } catch (error) {
    const failure = toAppError(error, importId)
    const message = failure?.message ?? 'The import broke off. What was read is in the list; import the file again.'
    await updateImportEnd(db, accountId, importId, message, now)
    throw failure ?? error
  }
  const row = await updateImportEnd(db, accountId, importId, null, now)
  return row ? toImport(row) : await requireImport(db, { accountId, importId })
}

async function takeBatch(db: Db, job: Job, batch: CsvBatch): Promise<void> {
  const readings = batch.rows.map((row) => readPerson(job.columns, row, job.consent))
  const people = readings.filter((reading): reading is Person => !('reason' in reading))
  const problems = readings.filter((reading): reading is RowProblem => 'reason' in reading)
  const faults = batch.bad.map(({ line, fault, text }) => ({
    line,
    reason: FAULT_REASONS[fault],
    value: shorten(text),
  }))
  const bad = [...problems, ...faults]
  const counts = { read: batch.rows.length + batch.bad.length, bad: bad.length }
  job.reports += await inRetriedTransaction(db, (trx) => storeBatch(trx, job, people, bad, counts))
}

/** Inserts the people whom nobody knows. Who was inserted by somebody else meanwhile is looked up again and known then. */
async function addPeople(trx: Db, job: Job, people: readonly Person[]): Promise<{ plan: Plan; added: Set<string> }> {
  const { accountId, now } = job
  const keys = people.map(({ email, phone }, n) => ({ n, email, phone }))
  const added = new Set<string>()
  for (;;) {
    const plan = planBatch(people, await selectMatches(trx, accountId, keys), newId)
    if (plan.added.length === 0) return { plan, added }
    const how = { source: 'import', onTaken: 'pass over' } as const
    const rows = await insertProfiles(trx, accountId, plan.added, how, now)
    for (const row of rows) added.add(row.id)
    if (rows.length === plan.added.length) return { plan, added }
  }
}

/** Returns how many rows it reported. */
async function storeBatch(
  trx: Db,
  job: Job,
  people: readonly Person[],
  bad: readonly RowProblem[],
  counts: Pick<ImportCounts, 'read' | 'bad'>,
): Promise<number> {
  const { accountId, importId, now } = job
  await lockPeople(trx, accountId)
  const { plan, added } = await addPeople(trx, job, people)
  const ids = [...plan.added, ...plan.known].map((person) => person.id)
  const named = new Set(await insertImportPeople(trx, accountId, importId, ids)) // the others were named by an earlier batch
  const fresh = plan.known.filter((person) => named.has(person.id) && !added.has(person.id))
  const updated = fresh.length > 0 ? await updatePeople(trx, accountId, fresh, now) : 0
  const joined = await insertMembers(trx, accountId, { id: job.listId, name: job.listName }, ids, now)

  const reports = [...bad, ...plan.warnings].sort((a, b) => a.line - b.line).slice(0, MAX_KEPT_REPORTS - job.reports)
  if (reports.length > 0) await insertRowReports(trx, accountId, importId, reports)
  const isRunning = await updateImportCounts(trx, accountId, importId, {
    ...counts,
    added: added.size,
    updated,
    unchanged: fresh.length - updated,
    repeated: plan.repeated + ids.length - named.size,
    joined,
  })
  if (!isRunning) throw new Error(`import ${importId} was ended by somebody else`)
  return reports.length
}

function toAppError(error: unknown, importId?: string): AppError | undefined {
  if (!(error instanceof CsvError)) return undefined
  return new AppError(error.code, error.message, importId ? { importId } : {}, { cause: error })
}

function toImport(row: ImportRow): PeopleImport {
  return { ...row, createdAt: row.createdAt.toISOString(), finishedAt: row.finishedAt?.toISOString() ?? null }
}
