import { z } from 'zod'
import { revocation } from './codes.ts'
import { id, moment, name, pageQuery } from './common.ts'
import { suppression } from './suppressions.ts'

export const consent = z.enum(['subscribed', 'unsubscribed', 'never_subscribed'])

export const profile = z.object({
  id,
  email: z.string().nullable(),
  phone: z.string().nullable(),
  firstName: z.string().nullable(),
  lastName: z.string().nullable(),
  emailConsent: consent,
  smsConsent: consent,
  properties: z.record(z.string(), z.unknown()),
  createdAt: moment,
})
export type Profile = z.infer<typeof profile>

const profileFields = {
  email: z.string().trim().max(254).nullable().optional(),
  /** E.164, or a national number of the account's country with its country code. */
  phone: z.string().trim().max(40).nullable().optional(),
  firstName: z.string().trim().max(100).nullable().optional(),
  lastName: z.string().trim().max(100).nullable().optional(),
  emailConsent: consent.optional(),
  smsConsent: consent.optional(),
  /** At most 100 properties and 100 kB. A null removes one. */
  properties: z.record(z.string().max(100), z.unknown()).optional(),
}
export const createProfileBody = z.object(profileFields)
export const updateProfileBody = z.object(profileFields)

export const listProfilesQuery = pageQuery.extend({ search: z.string().max(254).optional() })

export const feedItem = z.object({
  id,
  at: moment,
  metric: z.enum([
    'code_assigned',
    'message_sent',
    'message_rejected',
    'message_opened',
    'message_clicked',
    'code_redeemed',
    'redemption_rolled_back',
    'code_expired',
    'code_withdrawn',
    'code_revoked',
    'joined_list',
    'consent_changed',
    'suppressed',
    'suppression_removed',
    'message_bounced',
    'message_complained',
    'checkout_started',
  ]),
  couponId: id.nullable(),
  couponName: z.string().nullable(),
  code: z.string().nullable(),
  messageId: id.nullable(),
  /** What the message is. */
  medium: z.enum(['email', 'sms']).nullable(),
  /** Somebody of the team sent the message again. */
  isResent: z.boolean(),
  campaignId: id.nullable(),
  campaignName: z.string().nullable(),
  orderId: z.string().nullable(),
  orderName: z.string().nullable(),
  /** The order came after another one with the same code; `isRenewal`: a subscription made it. */
  isRepeated: z.boolean(),
  isRenewal: z.boolean(),
  isCancelled: z.boolean(),
  refundedMinor: z.number().int().nullable(),
  subtotalMinor: z.number().int().nullable(),
  discountMinor: z.number().int().nullable(),
  currency: z.string().nullable(),
  /** Whatever else belongs to the event, such as the list's name or the reason of a rejection. */
  properties: z.record(z.string(), z.unknown()),
})
export type FeedItem = z.infer<typeof feedItem>

export const profileCode = z.object({
  id,
  code: z.string(),
  couponId: id,
  couponName: z.string(),
  state: z.enum(['open', 'redeemed', 'expired', 'revoked']),
  assignedAt: moment,
  expiresAt: moment.nullable(),
  revocation: revocation.nullable(),
})
export const profileDetail = profile.extend({
  lists: z.array(z.object({ id, name: z.string(), joinedAt: moment })),
  codes: z.array(profileCode),
  /** Addresses of this person that get nothing. */
  suppressions: z.array(suppression),
})
export type ProfileDetail = z.infer<typeof profileDetail>

export const list = z.object({ id, name, memberCount: z.number().int(), createdAt: moment })
export type List = z.infer<typeof list>
export const createListBody = z.object({ name })
export const updateListBody = z.object({ name })
export const listMembersQuery = pageQuery.extend({ search: z.string().max(254).optional() })
export const memberIdsBody = z.object({ profileIds: z.array(id).min(1).max(1000) })

export const importQuery = z.object({
  fileName: z.string().max(255).default('upload.csv'),
  /** `column`: follow the file's "Accepts Email Marketing". `subscribed`: all of them agreed, and you can prove it. */
  consent: z.enum(['column', 'subscribed']).default('column'),
})
/** Largest line of an import or upload in bytes; a longer one is a bad row. */
export const MAX_LINE_BYTES = 1_048_576
/** Largest file of an import or upload in bytes (2 GiB). */
export const MAX_FILE_BYTES = 2_147_483_648

export const peopleImport = z.object({
  id,
  listId: id,
  fileName: z.string(),
  state: z.enum(['running', 'done', 'failed']),
  read: z.number().int(),
  added: z.number().int(),
  updated: z.number().int(),
  unchanged: z.number().int(),
  /** Rows whose person an earlier row of the same file already named. */
  repeated: z.number().int(),
  joined: z.number().int(),
  bad: z.number().int(),
  error: z.string().nullable(),
  createdAt: moment,
  finishedAt: moment.nullable(),
})
export type PeopleImport = z.infer<typeof peopleImport>
