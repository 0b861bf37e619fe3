import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { Io } from './cli.ts'
import { CliError } from './failure.ts'

/** The password of the file, else asked for without echo on a terminal, else the whole of standard input. One line break at its end is dropped. */
export async function readPassword(io: Io, file: string | undefined): Promise<string> {
  if (file !== undefined) return dropLineBreak(await readFile(file, 'utf8'))
  if (!io.input.isTTY) return dropLineBreak(await text(io.input))
  const password = await ask(io, 'Password (at least 10 characters): ')
  if ((await ask(io, 'The same again: ')) === password) return password
  throw new CliError('The two passwords differ. Run the command again.')
}

/** A token or key: of the file, else asked for without echo on a terminal, else the whole of standard input. */
export async function readSecret(io: Io, file: string | undefined, question: string): Promise<string> {
  if (file !== undefined) return (await readFile(file, 'utf8')).trim()
  return (io.input.isTTY ? await ask(io, `${question}: `) : await text(io.input)).trim()
}

async function ask(io: Io, question: string): Promise<string> {
  io.notes.write(question)
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: io.input, output: nowhere, terminal: true })
  const stopped = new Promise<never>((_, reject) => {
    lines.once('SIGINT', () => reject(new CliError('Stopped; nothing was changed.')))
  })
  try {
    return await Promise.race([lines.question(''), stopped])
  } finally {
    lines.close()
    io.notes.write('\n')
  }
}

function dropLineBreak(password: string): string {
  return password.replace(/\r?\n$/, '')
}
