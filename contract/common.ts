import { z } from 'zod'

/** A UUIDv7, as text. */
export const id = z.uuid()
/** A moment, ISO 8601 with offset; replies are always UTC. */
export const moment = z.iso.datetime({ offset: true })
/** ISO 4217, upper case. The list of known codes is checked by the server (`unknown_currency`). */
export const currency = z.string().regex(/^[A-Z]{3}$/, 'Use a three-letter ISO 4217 code such as EUR')
/** An amount in the currency's smallest unit (cents, pence, yen). */
export const minor = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
export const name = z.string().trim().min(1).max(200)

/** What takes the mails: the outbox on disk, an SMTP server, or the API of a provider. */
export const emailProvider = z.enum(['outbox', 'smtp', 'ses', 'resend', 'postmark', 'sendgrid'])

/** What takes the messages of either kind. */
export const messageProvider = z.enum([...emailProvider.options, 'twilio', 'http'])

export const errorReply = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    data: z.record(z.string(), z.unknown()),
  }),
})
export type ErrorReply = z.infer<typeof errorReply>

/** Pages: pass `next` back as `cursor`. `next` is null on the last page. Limit 1 to 200. */
export const pageQuery = z.object({
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().nullable() })
}
export type Page<T> = { items: T[]; next: string | null }
export const idParams = z.object({ id })
export const noContent = z.null()
