import { z } from 'zod'
import { id, moment, pageQuery } from './common.ts'

export const suppressionChannel = z.enum(['email', 'sms'])
export const suppressionReason = z.enum(['unsubscribed', 'bounced', 'complained', 'manual'])

/** An address that gets nothing, whoever's it is. */
export const suppression = z.object({
  id,
  channel: suppressionChannel,
  /** In lower case. */
  address: z.string(),
  reason: suppressionReason,
  /** The provider's words, or a note of who added it. */
  detail: z.string().nullable(),
  at: moment,
  /** The person who has the address; null for nobody. */
  profileId: id.nullable(),
})
export type Suppression = z.infer<typeof suppression>

export const listSuppressionsQuery = pageQuery.extend({
  search: z.string().max(254).optional(),
  channel: suppressionChannel.optional(),
  reason: suppressionReason.optional(),
})
export const addSuppressionBody = z.object({
  channel: suppressionChannel.default('email'),
  address: z.string().trim().min(1).max(254),
  detail: z.string().trim().max(500).nullable().default(null),
})
