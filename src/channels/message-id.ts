/** Name under which our message id travels with a message: a tag at SES and Resend, metadata at Postmark, an argument at SendGrid. */
export const MESSAGE_TAG = 'onecode_message'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** `<messageId.attempt@domain of From>`: the same for the same attempt, wherever it is made. */
export function makeMessageId(email: { messageId: string; attempt: number; from: string }): string {
  const domain = email.from.match(/@([^\s>]+)>?$/)?.[1] ?? 'localhost'
  return `<${email.messageId}.${email.attempt}@${domain}>`
}

/** Our id in a Message-ID that we made; undefined for everybody else's. */
export function parseMessageId(header: string): { messageId: string; attempt: number } | undefined {
  const [, messageId = '', attempt = ''] = header.match(/^<?([0-9a-f-]{36})\.(\d{1,9})@[^@\s]+$/i) ?? []
  return UUID.test(messageId) ? { messageId: messageId.toLowerCase(), attempt: Number(attempt) } : undefined
}

/** A value that should be an id of ours, as a provider gives it back; null for anything else. */
export function asMessageId(value: unknown): string | null {
  return typeof value === 'string' && UUID.test(value) ? value.toLowerCase() : null
}
