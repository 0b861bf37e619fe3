import { access, constants, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { SendOutcome, VerifyResult } from './send-outcome.ts'

/** The folder of the outbox below the data folder. */
const FOLDER = 'outbox'

/** Path of a message below the data folder: `outbox/<account>/<group>/<message>.<extension>`. */
export function outboxPath(accountId: string, group: string, name: string): string {
  return join(FOLDER, accountId, group, name)
}

/**
 * Messages as files, for want of a provider.
 *
 * A file appears whole or not at all (written aside, then renamed), and writing it again leaves one: the outbox never has a
 * second copy, whatever crashes. A folder that is gone is made again at the next try. Reason of a deferral: the disk's own words.
 */
export function openOutboxFolder(dataDir: string): {
  write: (path: string, messageId: string, bytes: Buffer | string) => Promise<SendOutcome>
  verify: () => Promise<VerifyResult>
} {
  const folders = new Set<string>()

  async function write(path: string, messageId: string, bytes: Buffer | string): Promise<SendOutcome> {
    const file = join(dataDir, path)
    const part = `${file}.part`
    try {
      if (!folders.has(dirname(file))) {
        await mkdir(dirname(file), { recursive: true })
        folders.add(dirname(file))
      }
      await writeFile(part, bytes)
      await rename(part, file)
      return { status: 'sent', providerId: messageId }
    } catch (error) {
      await rm(part, { force: true }).catch(() => undefined) // the disk is in trouble already; what counts is the outcome
      folders.clear()
      return { status: 'deferred', reason: error instanceof Error ? error.message : String(error) }
    }
  }

  async function verify(): Promise<VerifyResult> {
    try {
      await mkdir(join(dataDir, FOLDER), { recursive: true })
      await access(join(dataDir, FOLDER), constants.W_OK)
      return { ok: true, facts: ['Messages stay on the disk of this server.'] }
    } catch (error) {
      return { ok: false, reason: error instanceof Error ? error.message : String(error) }
    }
  }

  return { write, verify }
}

/** Reads a file of the outbox; undefined where there is none (any more). */
export async function readOutboxFile(dataDir: string, path: string): Promise<Buffer | undefined> {
  return await readFile(join(dataDir, path)).catch(() => undefined)
}
