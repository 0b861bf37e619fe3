import { randomUUID } from 'node:crypto'
import MimeNode from 'nodemailer/lib/mime-node'
import { encode, wrap } from 'nodemailer/lib/qp'
import { makeMessageId } from '../message-id.ts'
import type { OutgoingEmail } from './email-channel.ts'

const LINE_BREAK = /\r\n|\r|\n/g

/** A mail as it goes over the wire, and between whom. */
export type BuiltMail = { envelope: { from: string | false; to: string[] }; messageId: string; raw: Buffer }

/**
 * Builds a mail: its text, unless it is empty, and its HTML, both quoted-printable, with CRLF between lines.
 *
 * The Message-ID is made of our own id and the attempt, so that whatever comes back (a bounce, a webhook) names both. nodemailer encodes headers and bodies,
 * but its streams do not put them together: one piece of memory is three times as fast (docs/decisions/0009-mime.md).
 */
export function buildMail(email: OutgoingEmail): BuiltMail {
  const messageId = makeMessageId(email)
  const parts =
    email.text === '' ? [toPart('html', email.html)] : [toPart('plain', email.text), toPart('html', email.html)]
  const boundary = `=_${randomUUID()}` // a quoted-printable body has no `=_`
  const head = new MimeNode(parts.length === 1 ? undefined : `multipart/alternative; boundary="${boundary}"`, {
    baseBoundary: boundary,
  })
  head.addHeader(headersOf(email))
  head.setHeader('From', email.from)
  head.setHeader('To', email.to)
  if (email.replyTo !== undefined) head.setHeader('Reply-To', email.replyTo)
  head.setHeader('Subject', email.subject)
  head.setHeader('Message-ID', messageId)
  const headers = head.buildHeaders()
  const content =
    parts.length === 1
      ? `\r\n${parts[0]}\r\n`
      : `\r\n\r\n${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}--\r\n`
  return { envelope: head.getEnvelope(), messageId, raw: Buffer.from(headers + content) }
}

/** The headers of a mail beside those that its fields make. */
export function headersOf(email: OutgoingEmail): Record<string, string> {
  return email.feedbackId === undefined ? email.headers : { ...email.headers, 'Feedback-ID': email.feedbackId }
}

function toPart(kind: 'plain' | 'html', text: string): string {
  const body = wrap(encode(text.replace(LINE_BREAK, '\r\n')))
  return `Content-Type: text/${kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${body}`
}
