import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { domainToUnicode } from 'node:url'
import { readOutboxMail } from '../channels/email/outbox.ts'

export type SentMail = { to: string; codes: string[] }

const READ_AT_ONCE = 32

/** Reads every .eml file below the outbox: to whom it went and which codes of this shape stand in its text. */
export async function readMails(dataDir: string, shape: RegExp): Promise<SentMail[]> {
  const entries = await readdir(join(dataDir, 'outbox'), { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.eml'))
    .map((entry) => relative(dataDir, join(entry.parentPath, entry.name)))
  const mails: SentMail[] = []
  for (let from = 0; from < files.length; from += READ_AT_ONCE) {
    mails.push(
      ...(await Promise.all(files.slice(from, from + READ_AT_ONCE).map((file) => readMail(dataDir, file, shape)))),
    )
  }
  return mails
}

async function readMail(dataDir: string, file: string, shape: RegExp): Promise<SentMail> {
  const mail = await readOutboxMail(dataDir, file)
  if (!mail) throw new Error(`${file} is gone`)
  return { to: readAddress(mail.to), codes: [...new Set(mail.text.match(shape))] }
}

/** The address as its owner writes it: a mail's header has international domains in ASCII (`xn--…`). */
function readAddress(header: string): string {
  const [local = '', domain = ''] = (/<([^>]+)>$/.exec(header)?.[1] ?? header).split('@')
  return `${local}@${domainToUnicode(domain)}`
}
