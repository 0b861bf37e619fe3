// A mail server in a process of its own that throws away what it takes: Postfix's smtp-sink where it is installed, else one of Node.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const SMTP_SINK = '/usr/sbin/smtp-sink'
/** Connections that wait for the sink at once. */
const BACKLOG = 200
const NODE_SINK = `
  import { SMTPServer } from 'smtp-server'
  const server = new SMTPServer({ authOptional: true, disabledCommands: ['STARTTLS'], disableReverseLookup: true,
    onData(stream, session, done) { stream.on('end', () => done(null, 'taken')).resume() } })
  server.on('error', () => {})
  server.listen(Number(process.argv[1]), '127.0.0.1')`

export type MailSink = AsyncDisposable & { url: string; kind: 'smtp-sink' | 'node' }

/** Starts the sink on a free port and waits until it listens. */
export async function openMailSink(): Promise<MailSink> {
  const port = await findFreePort()
  const kind = existsSync(SMTP_SINK) ? 'smtp-sink' : 'node'
  const child =
    kind === 'smtp-sink'
      ? spawn(SMTP_SINK, ['-u', 'nobody', `127.0.0.1:${port}`, String(BACKLOG)], { stdio: 'ignore' })
      : spawn(process.execPath, ['--input-type=module', '-e', NODE_SINK, String(port)], { stdio: 'ignore' })
  await waitUntilListening(port, child)
  return {
    url: `smtp://127.0.0.1:${port}`,
    kind,
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit')
      child.kill()
      await ended
    },
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

async function waitUntilListening(port: number, child: ChildProcess): Promise<void> {
  for (let tried = 0; tried < 100; tried += 1) {
    if (child.exitCode !== null) throw new Error(`the mail sink ended with ${child.exitCode}`)
    const socket = connect(port, '127.0.0.1')
    try {
      await once(socket, 'connect')
      return
    } catch {
      await sleep(50)
    } finally {
      socket.destroy()
    }
  }
  throw new Error('the mail sink did not start')
}
