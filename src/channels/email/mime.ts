import { createTransport, type SendMailOptions } from 'nodemailer'
import { makeMessageId } from '../message-id.ts'
import type { OutgoingEmail } from './email-channel.ts'

/**
 * What nodemailer needs to build the mail. The Message-ID is made of our own id and the attempt, so that whatever comes back
 * (a bounce, a webhook) names both.
 */
export function toMailOptions(email: OutgoingEmail): SendMailOptions {
  return {
    from: email.from,
    to: email.to,
    ...(email.replyTo === undefined ? {} : { replyTo: email.replyTo }),
    subject: email.subject,
    html: email.html,
    text: email.text,
    encoding: 'quoted-printable', // nodemailer would search both texts for what it needs, twice, and choose this for nearly all
    messageId: makeMessageId(email),
    headers: headersOf(email),
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

/** The headers of a mail beside those that its fields make. */
export function headersOf(email: OutgoingEmail): Record<string, string> {
  return email.feedbackId === undefined ? email.headers : { ...email.headers, 'Feedback-ID': email.feedbackId }
}

/** Builds mails as they go over the wire, for providers and folders that take them whole. */
export function openMimeBuilder(newline: 'unix' | 'windows'): {
  build: (email: OutgoingEmail) => Promise<Buffer>
  close: () => void
} {
  const transport = createTransport({ streamTransport: true, buffer: true, newline })
  return {
    build: async (email) => {
      const { message } = await transport.sendMail(toMailOptions(email))
      return message as Buffer
    },
    close: () => transport.close(),
  }
}
