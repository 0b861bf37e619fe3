export type PlanName = 'basic' | 'standard' | 'advanced' | 'plus' | 'enterprise'

/** Points that a plan restores a second; the bucket holds 20 seconds. Source: Shopify, "API limits" (Advanced and Enterprise buckets are inferred). */
export const PLANS: Record<PlanName, { restoreRate: number; displayName: string }> = {
  basic: { restoreRate: 100, displayName: 'Basic' },
  standard: { restoreRate: 100, displayName: 'Grow' },
  advanced: { restoreRate: 200, displayName: 'Advanced' },
  plus: { restoreRate: 1000, displayName: 'Plus' },
  enterprise: { restoreRate: 2000, displayName: 'Plus' },
}

const BUCKET_SECONDS = 20

export function planLimits(plan: PlanName): { maximumAvailable: number; restoreRate: number } {
  const { restoreRate } = PLANS[plan]
  return { maximumAvailable: restoreRate * BUCKET_SECONDS, restoreRate }
}

/** A custom app of a shop on the Basic plan sees no personal data. Source: Shopify, protected customer data, level 2. */
export function hidesPersonalData(settings: Settings): boolean {
  return settings.plan === 'basic' && settings.customApp
}

/** The id of the one shop. */
export const SHOP_ID = 61_432_200_001

/** The version whose rules are served, and in which webhooks are written. */
export const API_VERSION = '2026-10'

export function isPlan(text: string): text is PlanName {
  return text in PLANS
}

/** Everything about the shop that a person or a test may change while it runs, through `/_emulator/settings`. */
export interface Settings {
  plan: PlanName
  currency: string
  timezone: string
  sellsSubscriptions: boolean
  /** Codes that the worker of bulk creations imports a second. Shopify publishes no figure. */
  codesPerSecond: number
  /** Time between a bulk add and its first import. */
  jobDelayMs: number
  /** Stops the worker of bulk creations. */
  jobsPaused: boolean
  /** Time until a use shows in `asyncUsageCount`. */
  usageLagMs: number
  /** Time until a new or changed object is found by a search. */
  searchLagMs: number
  /** UNCERTAIN at Shopify: whether "once per customer" counts one code or all codes of a discount. */
  oncePerCustomerScope: 'code' | 'discount'
  /** A custom app on the Basic plan sees no name, address, phone or e-mail. */
  customApp: boolean
  /** Deviation from Shopify: webhooks may go to http:// addresses of this machine. */
  allowLocalHttpWebhooks: boolean
  /** Four hours of retries are multiplied by this. */
  retryScale: number
  /** Share of deliveries that are lost, sent twice, or sent late; 0 to 1. */
  webhookDropRate: number
  webhookDuplicateRate: number
  webhookReorderRate: number
  webhooksPaused: boolean
  /** Most codes that the store takes. Source: vendor documentation (20 million). */
  maxCodes: number
}

export const DEFAULT_SETTINGS: Settings = {
  plan: 'standard',
  currency: 'CAD',
  timezone: 'America/Toronto',
  sellsSubscriptions: true,
  codesPerSecond: 500,
  jobDelayMs: 200,
  jobsPaused: false,
  usageLagMs: 5000,
  searchLagMs: 0,
  oncePerCustomerScope: 'code',
  customApp: true,
  allowLocalHttpWebhooks: true,
  retryScale: 1 / 240,
  webhookDropRate: 0,
  webhookDuplicateRate: 0,
  webhookReorderRate: 0,
  webhooksPaused: false,
  maxCodes: 20_000_000,
}
