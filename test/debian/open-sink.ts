import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../postgres.ts'
import { SMTP_SINK } from './tools.ts'

export type DebianSink = AsyncDisposable & { url: string; port: number; mails: () => string[] }

/** Postfix's own test server on a free port, with these options; it writes a file for each mail that was handed over. */
export async function openDebianSink(options: string[] = []): Promise<DebianSink> {
  const folder = mkdtempSync(join(tmpdir(), 'onecode-smtp-sink-'))
  chmodSync(folder, 0o777) // it runs as nobody when we are root
  const port = await freePort()
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  const args = [...user, ...options, '-d', `${folder}/m.`, `127.0.0.1:${port}`, '50']
  const child = spawn(SMTP_SINK, args, { stdio: 'ignore' })
  await waitForPort(port, child)
  return {
    url: `smtp://127.0.0.1:${port}`,
    port,
    mails: () => readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8')),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function waitForPort(port: number, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 200 && child.exitCode === null; tries += 1) {
    const socket = connect(port, '127.0.0.1')
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    })
    socket.destroy()
    if (isOpen) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error('smtp-sink does not listen')
}
