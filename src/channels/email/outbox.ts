import { access, constants, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createTransport } from 'nodemailer'
import PostalMime from 'postal-mime'
import type { SendOutcome, VerifyResult } from '../send-outcome.ts'
import type { EmailChannel, OutgoingEmail } from './email-channel.ts'
import { toMailOptions } from './mime.ts'

/** The folder of the outbox below the data folder. */
const FOLDER = 'outbox'

/**
 * The provider until one is set: each mail is an .eml file, `outbox/<account>/<group>/<message>.eml` below the data folder.
 *
 * A mail appears whole or not at all (written aside, then renamed), and sending it again writes the same file: the outbox
 * never has a second copy, whatever crashes. Reason of a deferral: the disk's own words.
 */
export function openOutbox(dataDir: string): EmailChannel {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'unix' })
  const folders = new Set<string>()

  async function send(email: OutgoingEmail): Promise<SendOutcome> {
    const file = join(dataDir, outboxFile(email.accountId, email.group, email.messageId))
    const part = `${file}.part`
    try {
      const { message } = await transport.sendMail(toMailOptions(email))
      if (!folders.has(dirname(file))) {
        await mkdir(dirname(file), { recursive: true })
        folders.add(dirname(file))
      }
      await writeFile(part, message as Buffer)
      await rename(part, file)
      return { status: 'sent', providerId: email.messageId }
    } catch (error) {
      await rm(part, { force: true }).catch(() => undefined) // the disk is in trouble already; what counts is the outcome
      folders.clear()
      return { status: 'deferred', reason: error instanceof Error ? error.message : String(error) }
    }
  }

  return {
    name: 'outbox',
    idempotency: 'key',
    repeatableForMs: Number.POSITIVE_INFINITY,
    concurrency: 8,
    send,
    verify: () => verifyFolder(dataDir),
    [Symbol.asyncDispose]: async () => transport.close(),
  }
}

async function verifyFolder(dataDir: string): Promise<VerifyResult> {
  try {
    await mkdir(join(dataDir, FOLDER), { recursive: true })
    await access(join(dataDir, FOLDER), constants.W_OK)
    return { ok: true, facts: ['Mails stay on the disk of this server.'] }
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) }
  }
}

/** Path of a mail below the data folder. */
export function outboxFile(accountId: string, group: string, messageId: string): string {
  return join(FOLDER, accountId, group, `${messageId}.eml`)
}

export type OutboxMail = { subject: string; from: string; to: string; html: string; text: string }

/** Reads a mail of the outbox back; undefined where there is no such file (any more). */
export async function readOutboxMail(dataDir: string, file: string): Promise<OutboxMail | undefined> {
  const bytes = await readFile(join(dataDir, file)).catch(() => undefined)
  if (!bytes) return undefined
  const mail = await PostalMime.parse(bytes)
  return {
    subject: mail.subject ?? '',
    from: formatAddress(mail.from),
    to: mail.to?.map((address) => formatAddress(address)).join(', ') ?? '',
    html: mail.html ?? '',
    text: mail.text ?? '',
  }
}

function formatAddress(address: { name?: string | undefined; address?: string | undefined } | undefined): string {
  if (!address) return ''
  return address.name ? `${address.name} <${address.address ?? ''}>` : (address.address ?? '')
}
