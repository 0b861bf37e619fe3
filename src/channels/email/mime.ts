import type { SendMailOptions } from 'nodemailer'
import type { OutgoingEmail } from './email-channel.ts'

/**
 * What nodemailer needs to build the mail. The Message-ID is made of our own id, so that whatever comes back (a bounce, a
 * webhook) names the message.
 */
export function toMailOptions(email: OutgoingEmail): SendMailOptions {
  const domain = email.from.match(/@([^\s>]+)>?$/)?.[1] ?? 'localhost'
  return {
    from: email.from,
    to: email.to,
    subject: email.subject,
    html: email.html,
    text: email.text,
    messageId: `<${email.messageId}@${domain}>`,
    headers: email.headers,
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}
