import { z } from 'zod'
import { openOutboxFolder, outboxPath, readOutboxFile } from '../outbox-folder.ts'
import { parseJson } from '../provider-http.ts'
import type { SmsChannel } from './sms-channel.ts'

const file = z.object({ from: z.string().nullable(), to: z.string(), body: z.string() })
export type OutboxSms = z.infer<typeof file>

/**
 * The provider until one is set: each text message is a .json file beside the mails, `outbox/<account>/<group>/<message>.json`.
 *
 * Idempotency: key, for ever: sending a message again writes the same file.
 */
export function openSmsOutbox(dataDir: string): SmsChannel {
  const folder = openOutboxFolder(dataDir)
  return {
    name: 'outbox',
    idempotency: 'key',
    repeatableForMs: Number.POSITIVE_INFINITY,
    concurrency: 8,
    send: async ({ accountId, group, messageId, from, to, body }) =>
      await folder.write(smsOutboxFile(accountId, group, messageId), messageId, JSON.stringify({ from, to, body })),
    verify: folder.verify,
    [Symbol.asyncDispose]: async () => {},
  }
}

/** Path of a text message below the data folder. */
export function smsOutboxFile(accountId: string, group: string, messageId: string): string {
  return outboxPath(accountId, group, `${messageId}.json`)
}

/** Reads a text message of the outbox back; undefined where there is no such file (any more). */
export async function readOutboxSms(dataDir: string, path: string): Promise<OutboxSms | undefined> {
  const bytes = await readOutboxFile(dataDir, path)
  return bytes && file.safeParse(parseJson(bytes.toString('utf8'))).data
}
