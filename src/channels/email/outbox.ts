import PostalMime from 'postal-mime'
import { openOutboxFolder, outboxPath, readOutboxFile } from '../outbox-folder.ts'
import type { SendOutcome } from '../send-outcome.ts'
import type { EmailChannel, OutgoingEmail } from './email-channel.ts'
import { buildMail } from './mime.ts'

/**
 * The provider until one is set: each mail is an .eml file, `outbox/<account>/<group>/<message>.eml` below the data folder.
 *
 * Idempotency: key, for ever: sending a mail again writes the same file.
 */
export function openOutbox(dataDir: string): EmailChannel {
  const folder = openOutboxFolder(dataDir)

  async function send(email: OutgoingEmail): Promise<SendOutcome> {
    const file = outboxFile(email.accountId, email.group, email.messageId)
    return await folder.write(file, email.messageId, buildMail(email).raw)
  }

  return {
    name: 'outbox',
    idempotency: 'key',
    repeatableForMs: Number.POSITIVE_INFINITY,
    concurrency: 8,
    send,
    verify: folder.verify,
    [Symbol.asyncDispose]: async () => {},
  }
}

/** Path of a mail below the data folder. */
export function outboxFile(accountId: string, group: string, messageId: string): string {
  return outboxPath(accountId, group, `${messageId}.eml`)
}

export type OutboxMail = { subject: string; from: string; to: string; html: string; text: string }

/** Reads a mail of the outbox back; undefined where there is no such file (any more). */
export async function readOutboxMail(dataDir: string, file: string): Promise<OutboxMail | undefined> {
  const bytes = await readOutboxFile(dataDir, file)
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
