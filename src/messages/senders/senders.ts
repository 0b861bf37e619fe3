import { isDeepStrictEqual } from 'node:util'
import type { z } from 'zod'
import type { createSenderBody, Sender, SenderSetup, Senders, updateSenderBody } from '../../../contract/senders.ts'
import type { Db } from '../../db/database.ts'
import { inTransaction } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { brokenConstraint } from '../../lib/constraint.ts'
import { newId } from '../../lib/ids.ts'
import { healthOf } from '../pace/health.ts'
import { findPaces, type Pace } from '../pace/pace.ts'
import { checkHttpSetup } from '../sms/check-http.ts'
import { reportsBack, webhookUrlOf } from './providers.ts'
import { kindOf, openSecrets, sealSecrets, withSecrets } from './secrets.ts'
import {
  deleteActive,
  insertSender,
  lockSender,
  type SenderRow,
  selectSender,
  selectSenderById,
  selectSenders,
  updateRemoved,
  updateSenderRow,
  upsertActive,
} from './senders.sql.ts'

export type { SenderRow }

/** Most senders of an account. */
const MAX_SENDERS = 50

type Input = { accountId: string; senderId: string }
/** `allowsPrivateAddresses`: whether the installation lets senders call addresses inside the own network; absent: it does not. */
type Facts = { secret: string; publicUrl: string; allowsPrivateAddresses?: boolean; now: Date }

/** The senders of an account, oldest first, and what sends email where none is active. */
export async function listSenders(
  db: Db,
  input: Omit<Facts, 'secret'> & { accountId: string; fallback: 'outbox' | 'smtp' },
): Promise<Senders> {
  const rows = await selectSenders(db, input.accountId, MAX_SENDERS)
  const paces = await findPaces(db, { accountId: input.accountId, senderIds: rows.map((row) => row.id) })
  const { fallback, allowsPrivateAddresses = false } = input
  return { items: rows.map((row) => toSender(row, paces.get(row.id), input)), fallback, allowsPrivateAddresses }
}

/** Throws `sender_not_found`, also for a sender of another account. */
export async function requireSender(db: Db, input: Input): Promise<SenderRow> {
  const row = await selectSender(db, input.accountId, input.senderId)
  if (row) return row
  throw notFound(input.senderId)
}

/** By the id alone, of whichever account: for a provider that reports to us. */
export async function findSenderById(db: Db, input: { senderId: string }): Promise<SenderRow | undefined> {
  return await selectSenderById(db, input.senderId)
}

/** Throws `sender_not_found`. */
export async function describeSender(db: Db, input: Input & { publicUrl: string; now: Date }): Promise<Sender> {
  const row = await requireSender(db, input)
  const paces = await findPaces(db, { accountId: input.accountId, senderIds: [row.id] })
  return toSender(row, paces.get(row.id), input)
}

/** Keeps a provider's settings, its secrets sealed. It sends nothing before it is activated. Throws `name_taken`, `too_many_senders`. */
export async function createSender(
  db: Db,
  input: z.infer<typeof createSenderBody> & Facts & { accountId: string },
): Promise<Sender> {
  const { accountId, setup, secret, now } = input
  if ((await selectSenders(db, accountId, MAX_SENDERS)).length >= MAX_SENDERS) {
    throw new AppError('too_many_senders', 'Remove a sender that you do not use any more.', { limit: MAX_SENDERS })
  }
  const id = newId()
  const secrets = withSecrets({}, givenSecrets(setup))
  checkSetup(setup, secrets, input)
  const written = {
    channel: kindOf(setup.provider),
    provider: setup.provider,
    name: input.name,
    fromName: input.fromName || null,
    fromAddress: readFrom(setup.provider, input.fromAddress),
    replyTo: input.replyTo,
    settings: setup.settings,
    sealed: sealSecrets(secret, secrets),
    secretNames: Object.keys(secrets),
    perSecond: input.perSecond,
    perDay: input.perDay,
    warmUpFrom: input.warmUp ? dayOf(now) : null,
  }
  await insertSender(db, accountId, id, written, now).catch((error: unknown) => refuseTakenName(error, input.name))
  return await describeSender(db, { ...input, senderId: id })
}

/**
 * Changes what is given; a secret that is not given stays, null removes one. Every process opens the provider anew.
 *
 * Throws `sender_not_found`, `name_taken`, `sender_provider` where the provider would change.
 */
export async function updateSender(db: Db, input: z.infer<typeof updateSenderBody> & Facts & Input): Promise<Sender> {
  const { accountId, senderId, setup, secret, now } = input
  await inTransaction(db, async (trx) => {
    const row = await lockSender(trx, accountId, senderId)
    if (!row) throw notFound(senderId)
    if (setup && setup.provider !== row.provider) {
      throw new AppError('sender_provider', 'Add another sender for another provider, then activate that one.', {
        provider: row.provider,
      })
    }
    const kept = setup && knownSecrets(secret, row.sealed)
    const secrets = setup && withSecrets(kept ?? {}, givenSecrets(setup))
    if (setup && secrets) {
      checkSetup(setup, secrets, input)
      keepWithAddress(row.settings, setup, Object.keys(kept ?? {}))
    }
    const warmUp = input.warmUp ?? row.warmUpFrom !== null
    await updateSenderRow(trx, accountId, senderId, {
      ...row,
      name: input.name ?? row.name,
      fromName: input.fromName === undefined ? row.fromName : input.fromName || null,
      fromAddress: input.fromAddress === undefined ? row.fromAddress : readFrom(row.provider, input.fromAddress),
      replyTo: input.replyTo === undefined ? row.replyTo : input.replyTo,
      settings: setup?.settings ?? row.settings,
      sealed: secrets === undefined || isDeepStrictEqual(secrets, kept) ? row.sealed : sealSecrets(secret, secrets),
      secretNames: secrets === undefined ? row.secretNames : Object.keys(secrets),
      perSecond: input.perSecond === undefined ? row.perSecond : input.perSecond,
      perDay: input.perDay === undefined ? row.perDay : input.perDay,
      warmUpFrom: warmUp ? (row.warmUpFrom ?? dayOf(now)) : null,
    }).catch((error: unknown) => refuseTakenName(error, input.name ?? ''))
  })
  return await describeSender(db, input)
}

/** From now on this sender sends; the one before sends nothing new. Throws `sender_not_found`. */
export async function activateSender(db: Db, input: Input & { publicUrl: string; now: Date }): Promise<Sender> {
  if (!(await upsertActive(db, input.accountId, input.senderId))) throw notFound(input.senderId)
  return await describeSender(db, input)
}

/** Back to the installation's own: the outbox, or its SMTP server. Repeating it changes nothing. Throws `sender_not_found`. */
export async function deactivateSender(db: Db, input: Input & { publicUrl: string; now: Date }): Promise<Sender> {
  await deleteActive(db, input.accountId, input.senderId)
  return await describeSender(db, input)
}

/** Removes a sender and its secrets. Throws `sender_not_found`, `sender_active`. */
export async function removeSender(db: Db, input: Input & { now: Date }): Promise<{ name: string }> {
  return await inTransaction(db, async (trx) => {
    const row = await lockSender(trx, input.accountId, input.senderId)
    if (!row) throw notFound(input.senderId)
    if (await updateRemoved(trx, input.accountId, input.senderId, input.now)) return { name: row.name }
    throw new AppError('sender_active', 'Activate another sender first, or go back to the outbox: this one is sending.')
  })
}

function toSender(row: SenderRow, pace: Pace | undefined, facts: { publicUrl: string; now: Date }): Sender {
  const { accountId: _, sealed: __, revision: ___, dkim: ____, secretNames, createdAt, ...fields } = row
  return {
    ...fields,
    secretsSet: secretNames,
    health: healthOf(row, pace, facts.now),
    webhookUrl: reportsBack(row.provider) ? webhookUrlOf(row, facts.publicUrl) : null,
    createdAt: createdAt.toISOString(),
  }
}

/** What each provider cannot work without. */
const NEEDED: Record<SenderSetup['provider'], string[]> = {
  smtp: [],
  ses: ['secretAccessKey'],
  resend: ['apiKey'],
  postmark: ['serverToken'],
  sendgrid: ['apiKey'],
  twilio: ['authToken'],
  http: [],
}

/** Names of headers are the same in any case. */
function givenSecrets({ provider, secrets }: SenderSetup): Record<string, string | null | undefined> {
  if (provider !== 'http') return secrets
  return Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name.toLowerCase(), value]))
}

/** Secrets that cannot be opened any more count as not kept, so that giving them again is the way out. */
function knownSecrets(secret: string, sealed: string): Record<string, string> | undefined {
  try {
    return openSecrets(secret, sealed)
  } catch {
    return undefined
  }
}

/** Passwords and tokens that were kept for one address are not sent to another because somebody changed it. */
function keepWithAddress(before: SenderRow['settings'], setup: SenderSetup, kept: string[]): void {
  if (setup.provider !== 'http' && setup.provider !== 'smtp') return
  const given = givenSecrets(setup)
  const missing = kept.find((name) => given[name] === undefined)
  if (missing === undefined || addressOf({ ...setup, settings: before }) === addressOf(setup)) return
  const name = setup.provider === 'http' ? `header ${missing}` : missing
  throw new AppError('invalid_input', `Enter the ${name} again, or take it off: it was kept for another address.`, {
    field: `setup.secrets.${missing}`,
  })
}

function addressOf({
  provider,
  settings,
}: Pick<SenderSetup, 'provider'> & { settings: Record<string, unknown> }): unknown {
  return provider === 'smtp' ? String(settings.host).toLowerCase() : URL.parse(String(settings.url))?.origin
}

function checkSetup(setup: SenderSetup, secrets: Record<string, string>, facts: Facts): void {
  requireSecrets(setup, secrets)
  if (setup.provider === 'http') checkHttpSetup({ ...setup, secrets }, facts.allowsPrivateAddresses ?? false)
}

function requireSecrets(setup: SenderSetup, secrets: Record<string, string>): void {
  const missing = NEEDED[setup.provider].find((name) => !secrets[name])
  if (missing === undefined) return
  throw new AppError('invalid_input', 'Fill in this secret: the provider asks for it.', {
    field: `setup.secrets.${missing}`,
  })
}

/** What a message may come from; services with a call of their own want their numbers with or without the +. */
const FROM = {
  email: /^[^@\s<>"]+@[^@\s<>"]+\.[^@\s<>"]+$/,
  sms: /^(\+\d{5,15}|[A-Za-z0-9 ]{1,11})$/,
  http: /^(\+?\d{5,15}|[A-Za-z0-9 ]{1,11})$/,
}

function readFrom(provider: SenderSetup['provider'], address: string | null): string | null {
  if (address === null || address === '') return null
  if (FROM[provider === 'http' ? 'http' : kindOf(provider)].test(address)) return address
  throw new AppError('invalid_input', 'Write an address that the provider may send from.', { field: 'fromAddress' })
}

function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10)
}

function notFound(senderId: string): AppError {
  return new AppError('sender_not_found', 'There is no such sender in this account.', { senderId })
}

function refuseTakenName(error: unknown, name: string): never {
  if (brokenConstraint(error) !== 'senders_name') throw error
  throw new AppError('name_taken', 'Another sender has this name. Choose another.', { name }, { cause: error })
}
