import type { Readable } from 'node:stream'
import type { RowError } from '../../contract/codes.ts'
import { MAX_FILE_BYTES, MAX_LINE_BYTES } from '../../contract/people.ts'
import type { CouponRow } from '../coupons/coupon.ts'
import { requireOpenCoupon } from '../coupons/find-coupon.ts'
import type { Db } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { hasLostRace } from '../lib/constraint.ts'
import { type CsvBatch, CsvError, type CsvFile, openCsv } from '../lib/csv.ts'
import type { CsvFault } from '../lib/csv-records.ts'
import { newId } from '../lib/ids.ts'
import {
  type CodeJobRow,
  deleteWaitingCodes,
  insertCodeJob,
  insertJobErrors,
  updateAbandonedUploads,
  updateJobEnded,
  updateUploadCounts,
  updateUploadQueued,
} from './code-jobs.sql.ts'
import { requireCodeJob } from './code-jobs.ts'
import { insertLiveCodes, insertWaitingCodes, selectTakenCodes } from './codes.sql.ts'
import { endJob } from './end-job.ts'
import { codeProblem } from './format.ts'
import { requirePool } from './pool.ts'
import type { Pool } from './pools.sql.ts'
import { requireRoom } from './room/room.ts'

/** Rows of one transaction. */
const BATCH = 5000
/** Most bad rows whose reason is kept; the count stays exact beyond it. */
export const MAX_KEPT_ERRORS = 10_000
/** Times that a batch is begun again after another writer was faster. */
const ATTEMPTS = 5
/** Heads under which codes are found. Source: Klaviyo's upload takes "Coupon" and "Coupon Code". */
const HEADS = ['coupon', 'coupon code', 'coupon_code', 'code', 'codes', 'discount code', 'discount_code', 'unique_code']
/** After this long a running upload whose process is gone counts as broken off. */
const ABANDONED_AFTER_MS = 6 * 3_600_000

const FAULTS: Record<CsvFault, string> = {
  stray_quote: 'Put the value in quotes and double each quote inside it.',
  unclosed_quote: 'Close the quote that is opened in this row.',
  line_too_long: 'The row holds more than 1 MiB. A code has at most 255 characters.',
  not_utf8: 'Save the file as "CSV UTF-8": this row holds bytes that are no UTF-8 text.',
}

export type UploadInput = { accountId: string; coupon: string; source: Readable; now: Date }
type Cell = { line: number; code: string }
type Job = { id: string; accountId: string; coupon: CouponRow; keptErrors: number; now: Date }

/**
 * Takes codes from a CSV, in constant memory and a transaction per 5,000 rows: the column headed "Coupon", "Coupon Code" or
 * "Code", else the first one (then line 1 is a code too).
 *
 * Nothing is lost: a row that is not taken (empty, too long, twice in the file, known in the store) is reported by line.
 * The order of the file is the order in which codes are assigned. Safe to repeat: codes that are in are reported as known.
 * Throws `coupon_not_found`, `coupon_archived`, `coupon_expired`, `coupon_type`, `empty_file`, `wrong_encoding`,
 * `invalid_csv`, `payload_too_large` (what was read before stays in).
 *
 * In a Shopify store the codes are written down and wait for the sync of the store: only what the shop takes becomes live, what it refuses
 * is reported by line, and the order is the file's by batches only. Throws `store_full` there; a file that fails leaves nothing then.
 */
export async function uploadCodes(db: Db, input: UploadInput): Promise<CodeJobRow> {
  const { accountId, now } = input
  const coupon = await requireOpenCoupon(db, input)
  if (coupon.type !== 'uploaded') {
    throw new AppError('coupon_type', 'The codes of this coupon are made by Onecode. Add a number of codes instead.', {
      type: coupon.type,
    })
  }
  const chunks = input.source.iterator({ destroyOnReturn: false })
  try {
    const file = await openFile(chunks)
    const pool = await requirePool(db, { accountId, coupon, now })
    const facts = {
      accountId,
      id: newId(),
      couponId: coupon.id,
      poolId: pool.id,
      storeId: pool.storeId,
      kind: 'upload',
      state: 'running',
      wanted: 0,
      now,
    }
    const row = await insertCodeJob(db, facts)
    await takeFile(db, { id: row.id, accountId, coupon, keptErrors: 0, now }, file)
    return await requireCodeJob(db, { accountId, jobId: row.id })
  } finally {
    await chunks.return?.() // lets go of the source without closing it
  }
}

/** Marks uploads as failed whose process died in the middle. Of every account; returns how many. */
export async function failAbandonedUploads(db: Db, now: Date): Promise<number> {
  const abandoned = await updateAbandonedUploads(db, new Date(now.getTime() - ABANDONED_AFTER_MS), now)
  for (const { accountId, id } of abandoned) await deleteWaitingCodes(db, accountId, id)
  return abandoned.length
}

/** Whether a shop has yet to take the codes, so that they are not live at once. */
function isForShop({ coupon }: Job): boolean {
  return coupon.storeKind === 'shopify'
}

async function openFile(chunks: AsyncIterable<Buffer | string>): Promise<CsvFile> {
  const limits = { maxLineBytes: MAX_LINE_BYTES, maxFileBytes: MAX_FILE_BYTES, rowsPerBatch: BATCH }
  return await openCsv(chunks, limits).catch((error: unknown) => {
    throw toAppError(error)
  })
}

async function takeFile(db: Db, job: Job, file: CsvFile): Promise<void> {
  const column = file.header.findIndex((head) => HEADS.includes(head.trim().toLowerCase()))
  const ids = { accountId: job.accountId, id: job.id, now: job.now }
  try {
    if (column < 0) await takeBatch(db, job, { rows: [{ line: 1, cells: file.header }], bad: [] }, 0)
    for await (const batch of file.batches) await takeBatch(db, job, batch, Math.max(column, 0))
  } catch (error) {
    const failure = toAppError(error)
    const message =
      failure instanceof AppError ? failure.message : 'The upload broke off. Upload the file again to add the rest.'
    await endJob(db, { accountId: job.accountId, jobId: job.id, state: 'failed', error: message, now: job.now })
    throw failure
  }
  const { wanted } = await requireCodeJob(db, { accountId: job.accountId, jobId: job.id })
  if (isForShop(job) && wanted > 0) await updateUploadQueued(db, job.accountId, job.id)
  else await updateJobEnded(db, { ...ids, state: 'done' })
}

async function takeBatch(db: Db, job: Job, batch: CsvBatch, column: number): Promise<void> {
  const cells = batch.rows.map(({ line, cells }): Cell => ({ line, code: (cells[column] ?? '').trim() }))
  const faults = batch.bad.map(({ line, fault, text }) => ({ line, reason: FAULTS[fault], value: shorten(text) }))
  for (let attempt = 1; ; attempt += 1) {
    try {
      job.keptErrors += await db.transaction().execute((trx) => storeBatch(trx, job, cells, faults))
      return
    } catch (error) {
      if (attempt === ATTEMPTS || !hasLostRace(error)) throw error
    }
  }
}

/** Returns how many rows it reported. */
async function storeBatch(trx: Db, job: Job, cells: Cell[], faults: RowError[]): Promise<number> {
  const { accountId, now } = job
  const coupon = await requireOpenCoupon(trx, { accountId, coupon: job.coupon.id, now })
  const pool = await requirePool(trx, { accountId, coupon, now })
  const sound = cells.filter((cell) => codeProblem(cell.code) === undefined)
  const taken = await selectTakenCodes(
    trx,
    accountId,
    pool.storeId,
    sound.map((cell) => cell.code),
  )
  const errors = [...faults]
  const codes = new Map<string, Cell>()
  for (const { line, code } of cells) {
    const problem = codeProblem(code) ?? knownProblem(code, taken, codes)
    if (problem) errors.push({ line, reason: problem, value: shorten(code) })
    else codes.set(code.toUpperCase(), { line, code })
  }
  const fresh = [...codes.values()]
  if (fresh.length > 0) await insertFresh(trx, job, pool, fresh)
  const kept = errors.sort((a, b) => a.line - b.line).slice(0, MAX_KEPT_ERRORS - job.keptErrors)
  if (kept.length > 0) await insertJobErrors(trx, accountId, job.id, kept)
  await updateUploadCounts(trx, {
    accountId,
    id: job.id,
    taken: fresh.length,
    live: isForShop(job) ? 0 : fresh.length,
    skipped: errors.length,
  })
  return kept.length
}

async function insertFresh(trx: Db, job: Job, pool: Pool, cells: Cell[]): Promise<void> {
  const { accountId } = job
  const codes = cells.map((cell) => cell.code)
  const given = { accountId, poolId: pool.id, storeId: pool.storeId, ids: codes.map(() => newId()), codes }
  if (!isForShop(job)) return await insertLiveCodes(trx, given)
  await requireRoom(trx, { accountId, storeId: pool.storeId, count: codes.length })
  await insertWaitingCodes(trx, { ...given, jobId: job.id, lines: cells.map((cell) => cell.line) })
}

function knownProblem(code: string, taken: Set<string>, batch: Map<string, Cell>): string | undefined {
  if (batch.has(code.toUpperCase()))
    return 'The code stands in this file twice. Shops do not tell capitals apart; remove one.'
  if (taken.has(code.toUpperCase()))
    return 'The store has this code already. Nothing to do if you uploaded the file before.'
  return undefined
}

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 199)}…` : text
}

function toAppError(error: unknown): unknown {
  return error instanceof CsvError ? new AppError(error.code, error.message, {}, { cause: error }) : error
}
