import { isUtf8 } from 'node:buffer'
import { parse } from 'csv-parse/sync'
import { type CsvFault, type CsvRecord, splitRecords } from './csv-records.ts'

export type CsvErrorCode = 'empty_file' | 'wrong_encoding' | 'invalid_csv' | 'payload_too_large'

/** Why a file as a whole is refused. The message says what to do. */
export class CsvError extends Error {
  override readonly name = 'CsvError'
  readonly code: CsvErrorCode

  constructor(code: CsvErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

export type CsvRow = { line: number; cells: string[] }
export type CsvBadRow = { line: number; fault: CsvFault; text: string }
export type CsvBatch = { rows: CsvRow[]; bad: CsvBadRow[] }
export type CsvFile = { header: string[]; batches: AsyncIterable<CsvBatch> }
export type CsvLimits = { maxLineBytes: number; maxFileBytes: number; rowsPerBatch: number }

/** How much of a file is looked at before its first row is read: encoding and delimiter are decided by it. */
const PEEK_BYTES = 65_536
const DELIMITERS = [',', ';', '\t'] as const
const SAVE_AS_UTF8 = 'The file is not UTF-8 text. Save it as "CSV UTF-8" (in Excel: Save as, CSV UTF-8) and try again.'

/**
 * Opens CSV bytes for reading in batches, in constant memory. Lines are the file's physical lines; the header is line 1.
 *
 * The delimiter is the one of `,`, `;` and tab that the header has most of. A byte order mark is passed over. Rows that
 * are empty are left out. Throws `CsvError`: at once for an empty file, for one that is not UTF-8 within its first 64 KiB
 * and for a header that cannot be read; while reading when the file is above `maxFileBytes`.
 */
export async function openCsv(source: AsyncIterable<Buffer | string>, limits: CsvLimits): Promise<CsvFile> {
  const chunks = countBytes(source, limits.maxFileBytes)
  const start = await peek(chunks)
  const delimiter = detectDelimiter(start)
  const records = splitRecords(chain(start, chunks), delimiter.charCodeAt(0), limits.maxLineBytes)
  let records1: CsvRecord[] = []
  while (records1.length === 0) {
    const { value, done } = await records.next()
    if (done) throw new CsvError('empty_file', 'The file is empty. Choose a file with a header and a row per person.')
    records1 = value
  }
  const [first, ...others] = records1
  if (!first || first.fault || first.bytes.includes('\r')) {
    throw new CsvError(
      'invalid_csv',
      'The header cannot be read. Save the file as "CSV UTF-8" with a header in line 1.',
    )
  }
  const header = parseCells([first], delimiter)[0] ?? []
  return { header, batches: batchRows(others, records, delimiter, limits.rowsPerBatch) }
}

async function* countBytes(source: AsyncIterable<Buffer | string>, maxFileBytes: number): AsyncGenerator<Buffer> {
  let total = 0
  for await (const chunk of source) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    total += bytes.length
    if (total > maxFileBytes) {
      throw new CsvError(
        'payload_too_large',
        'The file is too large. Split it into smaller files, each with the header.',
      )
    }
    yield bytes
  }
}

/** The first bytes of the file without a byte order mark. Throws `empty_file`, `wrong_encoding`. */
async function peek(chunks: AsyncGenerator<Buffer>): Promise<Buffer> {
  const taken: Buffer[] = []
  let size = 0
  let isWhole = false
  while (size < PEEK_BYTES) {
    const { value, done } = await chunks.next()
    isWhole = done === true
    if (done) break
    taken.push(value)
    size += value.length
  }
  const start = Buffer.concat(taken)
  const hasMark = start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf
  const text = hasMark ? start.subarray(3) : start
  if (!isUtf8(isWhole ? text : dropPartialCharacter(text)) || text.includes(0)) {
    throw new CsvError('wrong_encoding', SAVE_AS_UTF8)
  }
  return text
}

/** Cuts off a UTF-8 character whose last bytes have not arrived. */
function dropPartialCharacter(bytes: Buffer): Buffer {
  for (let back = 1; back <= 3; back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte >= 0xc0) return bytes.subarray(0, bytes.length - back)
    if (byte < 0x80) break
  }
  return bytes
}

function detectDelimiter(start: Buffer): string {
  const text = start.toString('utf8').trimStart()
  const firstLine = text.slice(0, text.search(/[\r\n]|$/)).replaceAll(/"[^"]*"/g, '')
  const counts = DELIMITERS.map((delimiter) => ({ delimiter, count: firstLine.split(delimiter).length }))
  return counts.reduce((best, other) => (other.count > best.count ? other : best)).delimiter
}

async function* chain(start: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield start
  yield* rest
}

async function* batchRows(
  first: CsvRecord[],
  rest: AsyncGenerator<CsvRecord[]>,
  delimiter: string,
  rowsPerBatch: number,
): AsyncGenerator<CsvBatch> {
  let waiting = first
  for await (const records of rest) {
    waiting = waiting.concat(records)
    while (waiting.length >= rowsPerBatch) yield toBatch(waiting.splice(0, rowsPerBatch), delimiter)
  }
  while (waiting.length > 0) yield toBatch(waiting.splice(0, rowsPerBatch), delimiter)
}

function toBatch(records: CsvRecord[], delimiter: string): CsvBatch {
  const checked = records.map((record) => (record.fault || isText(record.bytes) ? record : notText(record)))
  const good = checked.filter((record) => record.fault === null)
  const cells = parseCells(good, delimiter)
  const rows = good.map((record, index) => ({ line: record.line, cells: cells[index] ?? [] }))
  const bad = checked.flatMap(({ line, fault, bytes }) => (fault ? [{ line, fault, text: toText(bytes) }] : []))
  return { rows: rows.filter((row) => row.cells.some((cell) => cell.trim() !== '')), bad }
}

function isText(bytes: Buffer): boolean {
  return isUtf8(bytes) && !bytes.includes(0)
}

function notText(record: CsvRecord): CsvRecord {
  return { ...record, fault: 'not_utf8' }
}

function toText(bytes: Buffer): string {
  return bytes.toString('utf8').replaceAll('\0', '\uFFFD')
}

const NEW_LINE = Buffer.from('\n')

/** The cells of records that `splitRecords` found without a fault. */
function parseCells(records: CsvRecord[], delimiter: string): string[][] {
  const bytes = Buffer.concat(records.flatMap((record) => [record.bytes, NEW_LINE]))
  const cells: string[][] = parse(bytes, { delimiter, record_delimiter: '\n', relax_column_count: true })
  if (cells.length !== records.length) throw new Error(`split ${records.length} records, parsed ${cells.length}`)
  return cells
}
