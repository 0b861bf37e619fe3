import { stringify } from 'csv-stringify/sync'
import type { Page } from '../../../contract/common.ts'
import type { Suppression } from '../../../contract/suppressions.ts'
import type { Db } from '../../db/database.ts'
import { AppError } from '../../errors.ts'
import { decodeIdCursor, toPage } from '../../lib/cursor.ts'
import { readEmail } from '../email.ts'
import { readPhone } from '../phone.ts'
import {
  type Channel,
  deleteSuppression,
  type NewSuppression,
  type SuppressionFilter,
  type SuppressionRow,
  selectSuppressions,
  selectSuppressionsOf,
  upsertSuppressions,
} from './suppressions.sql.ts'

/** Rows of one piece of the export. */
const ROWS_PER_PIECE = 5000
/** Longest explanation that is kept: mail servers can be wordy. */
const MAX_DETAIL = 500

/**
 * Ends messages to addresses, at once and for everybody who has one; repeating it changes nothing.
 *
 * Whoever freezes recipients or claims messages asks this list in the same statement. Returns how many addresses were new.
 */
export async function suppress(
  db: Db,
  input: { accountId: string; addresses: readonly NewSuppression[] },
): Promise<number> {
  if (input.addresses.length === 0) return 0
  const rows = input.addresses.map((row) => ({
    ...row,
    address: row.address.trim().toLowerCase(),
    detail: row.detail?.slice(0, MAX_DETAIL).replaceAll('\0', '') ?? null,
  }))
  return (await upsertSuppressions(db, input.accountId, rows)).length
}

/** Suppresses an address by hand. Throws `invalid_input` for text that is no address, `already_suppressed`. */
export async function suppressByHand(
  db: Db,
  input: { accountId: string; channel: Channel; address: string; detail: string | null; now: Date },
): Promise<Suppression> {
  const address = readAddress(input.channel, input.address)
  const row = { channel: input.channel, address, reason: 'manual' as const, detail: input.detail, at: input.now }
  if ((await suppress(db, { accountId: input.accountId, addresses: [row] })) === 0) {
    throw new AppError('already_suppressed', 'This address is on the list already.', { field: 'address' })
  }
  const person = input.channel === 'email' ? { email: address, phone: null } : { email: null, phone: address }
  const [made] = await selectSuppressionsOf(db, input.accountId, person)
  if (!made) throw new Error('the suppression was not inserted')
  return toSuppression(made)
}

/**
 * Lets an address get messages again, as far as the person's consent goes: who unsubscribed stays unsubscribed.
 * Throws `suppression_not_found`.
 */
export async function liftSuppression(
  db: Db,
  input: { accountId: string; suppressionId: string; now: Date },
): Promise<Pick<Suppression, 'channel' | 'address' | 'reason'>> {
  const gone = await deleteSuppression(db, input.accountId, { id: input.suppressionId }, input.now)
  if (gone) return gone
  throw new AppError('suppression_not_found', 'This address is not on the list (any more).', {
    suppressionId: input.suppressionId,
  })
}

/** Takes back what unsubscribing did, for somebody who subscribes again. Bounces and complaints stay. */
export async function liftUnsubscribed(
  db: Db,
  input: { accountId: string; channel: Channel; address: string; now: Date },
): Promise<void> {
  const which = { channel: input.channel, address: input.address.toLowerCase(), reason: 'unsubscribed' as const }
  await deleteSuppression(db, input.accountId, which, input.now)
}

/** Newest first. `search` is a part of the address. */
export async function listSuppressions(
  db: Db,
  input: SuppressionFilter & { accountId: string; cursor?: string | undefined; limit: number },
): Promise<Page<Suppression>> {
  const filter = { ...input, search: input.search?.trim().toLowerCase() || undefined }
  const before = decodeIdCursor(input.cursor)
  const rows = await selectSuppressions(db, input.accountId, filter, before, input.limit + 1)
  return toPage(rows, input.limit, (row) => [row.id], toSuppression)
}

/** What is suppressed of one person's addresses. */
export async function listSuppressionsOf(
  db: Db,
  input: { accountId: string; email: string | null; phone: string | null },
): Promise<Suppression[]> {
  return (await selectSuppressionsOf(db, input.accountId, input)).map(toSuppression)
}

/** The whole list as CSV, newest first, a piece per 5,000 addresses, so that memory stays constant. Safe against formulas. */
export async function* exportSuppressions(db: Db, input: { accountId: string }): AsyncGenerator<string> {
  yield 'channel,address,reason,detail,at\n'
  let before: string | undefined
  for (;;) {
    const rows = await selectSuppressions(db, input.accountId, {}, before, ROWS_PER_PIECE)
    const cells = rows.map((row) => [row.channel, row.address, row.reason, row.detail ?? '', row.at.toISOString()])
    if (cells.length > 0) yield stringify(cells, { escape_formulas: true })
    if (rows.length < ROWS_PER_PIECE) return
    before = rows.at(-1)?.id
  }
}

function toSuppression(row: SuppressionRow): Suppression {
  return { ...row, at: row.at.toISOString() }
}

function readAddress(channel: Channel, text: string): string {
  const reading = channel === 'email' ? readEmail(text) : readPhone(text, null)
  if ('problem' in reading) throw new AppError('invalid_input', reading.problem, { field: 'address' })
  return ('email' in reading ? reading.email : reading.phone).toLowerCase()
}
