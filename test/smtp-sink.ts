import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

export type SinkMail = { to: string; raw: string }
export type SmtpSink = AsyncDisposable & { url: string; port: number; mails: SinkMail[] }

/** A mail server on a free port that keeps what it takes. `options` change how it answers. */
export async function openSmtpSink(options: SMTPServerOptions = {}): Promise<SmtpSink> {
  const mails: SinkMail[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString('utf8')
        for (const { address } of session.envelope.rcptTo) mails.push({ to: address, raw })
        done(null, 'taken')
      })
    },
    ...options,
  })
  server.on('error', () => {}) // connections that a killed client leaves behind
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}`,
    port,
    mails,
    [Symbol.asyncDispose]: promisify((done: (error?: Error | null) => void) => server.close(() => done())),
  }
}
