import { z } from 'zod'
import { currency, emailProvider, id, moment, name, pageQuery } from './common.ts'

export const role = z.enum(['owner', 'admin', 'marketer', 'support', 'viewer'])
export type Role = z.infer<typeof role>

/** What an API key may do. `codes:read` shows codes in full; without it they are masked. */
export const scope = z.enum([
  'account:read',
  'account:write',
  'coupons:read',
  'coupons:write',
  'codes:read',
  'codes:write',
  'assignments:write',
  'checkout',
  'profiles:read',
  'profiles:write',
  'messages:read',
  'messages:write',
  'campaigns:send',
  'reports:read',
])
export type Scope = z.infer<typeof scope>

export const apiKey = z.object({
  id,
  name,
  /** The first characters, to recognise the key by. The rest is not stored. */
  prefix: z.string(),
  scopes: z.array(scope),
  createdAt: moment,
  lastUsedAt: moment.nullable(),
})
export type ApiKey = z.infer<typeof apiKey>
export const createApiKeyBody = z.object({ name, scopes: z.array(scope).min(1) })
/** `key` is shown this once. */
export const createdApiKey = apiKey.extend({ key: z.string() })

export const setupBody = z.object({
  email: z.email().max(254),
  password: z.string().min(10, 'Use at least 10 characters').max(128),
  accountName: name,
  /** The currency of the first store. */
  currency: currency.default('EUR'),
  timeZone: z.string().min(1).max(60).default('UTC'),
})
export const setupReply = z.object({ accountId: id, storeId: id, apiKey: z.string() })

export const session = z.object({
  /** True until the first owner was made: show the set-up screen. */
  needsSetup: z.boolean(),
  user: z.object({ id: z.string(), email: z.string(), name: z.string() }).nullable(),
  account: z.object({ id, name, role }).nullable(),
  /** The accounts that this person may open. */
  accounts: z.array(z.object({ id, name, role })),
  version: z.string(),
})
export type Session = z.infer<typeof session>

export const account = z.object({
  id,
  name,
  timeZone: z.string(),
  senderName: z.string().nullable(),
  senderEmail: z.string().nullable(),
  postalAddress: z.string().nullable(),
  /** Shares of a campaign's messages above which it pauses by itself, in basis points (500 is 5 %). */
  bounceLimit: z.number().int(),
  complaintLimit: z.number().int(),
  /** Whether mails carry a pixel that says that they were opened. Mail programs that fetch pictures by themselves make this number too high, others too low. */
  trackOpens: z.boolean(),
  /** Whether links in mails go through this server, which counts them. */
  trackClicks: z.boolean(),
  /** Stands at the end of the first text message to a person, unless its text says STOP itself. */
  smsOptOut: z.string(),
  /** The answer to HELP; null: the account's name and the words above. */
  smsHelp: z.string().nullable(),
  /** Text messages arrive between these hours of the recipient's clock. */
  quietFrom: z.number().int(),
  quietUntil: z.number().int(),
  /** Hours in which a person gets at most one marketing message; 0: any number. */
  smartEmailHours: z.number().int(),
  smartSmsHours: z.number().int(),
  /** Where mail goes: the provider of the active sender, else the outbox on disk or the SMTP server of SMTP_URL. */
  emailChannel: emailProvider,
  createdAt: moment,
})
export type Account = z.infer<typeof account>
export const updateAccountBody = z.object({
  name: name.optional(),
  timeZone: z.string().min(1).max(60).optional(),
  senderName: z.string().trim().max(200).nullable().optional(),
  senderEmail: z.email().max(254).nullable().optional(),
  postalAddress: z.string().trim().max(500).nullable().optional(),
  bounceLimit: z.number().int().min(1).max(10_000).optional(),
  complaintLimit: z.number().int().min(1).max(10_000).optional(),
  trackOpens: z.boolean().optional(),
  trackClicks: z.boolean().optional(),
  smsOptOut: z.string().trim().min(1).max(100).optional(),
  smsHelp: z.string().trim().max(300).nullable().optional(),
  quietFrom: z.number().int().min(8).max(20).optional(),
  quietUntil: z.number().int().min(9).max(21).optional(),
  smartEmailHours: z.number().int().min(0).max(720).optional(),
  smartSmsHours: z.number().int().min(0).max(720).optional(),
})

export const auditEntry = z.object({
  id,
  at: moment,
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  data: z.record(z.string(), z.unknown()),
})
export const listAuditQuery = pageQuery

/** The home page: what is there, and the next step to take. */
export const home = z.object({
  steps: z.array(
    z.object({ key: z.enum(['people', 'coupon', 'codes', 'template', 'campaign', 'redemption']), done: z.boolean() }),
  ),
  totals: z.object({
    people: z.number().int(),
    coupons: z.number().int(),
    assigned: z.number().int(),
    redeemed: z.number().int(),
    sent: z.number().int(),
  }),
  lowStock: z.array(
    z.object({
      couponId: id,
      name: z.string(),
      available: z.number().int(),
      reserved: z.number().int(),
      threshold: z.number().int(),
    }),
  ),
  revenue: z.array(z.object({ currency: z.string(), amountMinor: z.number().int() })),
})
export type Home = z.infer<typeof home>
