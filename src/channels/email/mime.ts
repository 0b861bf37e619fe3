import type { SendMailOptions } from 'nodemailer'
import type { OutgoingEmail } from './email-channel.ts'

/**
 * What nodemailer needs to build the mail. The Message-ID is made of our own id and the attempt, so that whatever comes
 * back (a bounce, a webhook) names both.
 */
export function toMailOptions(email: OutgoingEmail): SendMailOptions {
  return {
    from: email.from,
    to: email.to,
    subject: email.subject,
    html: email.html,
    text: email.text,
    messageId: messageIdOf(email),
    ...(email.replyTo === undefined ? {} : { replyTo: email.replyTo }),
    headers: headersOf(email),
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

/** `<messageId.attempt@domain of From>`: the same for the same attempt, wherever it is made. */
export function messageIdOf(email: Pick<OutgoingEmail, 'messageId' | 'attempt' | 'from'>): string {
  const domain = email.from.match(/@([^\s>]+)>?$/)?.[1] ?? 'localhost'
  return `<${email.messageId}.${email.attempt}@${domain}>`
}

/** The headers that a mail carries beside those that its fields make. */
function headersOf(email: OutgoingEmail): Record<string, string> {
  return email.feedbackId === undefined ? email.headers : { ...email.headers, 'Feedback-ID': email.feedbackId }
}
