// Shapes of the API that contract/ names as schemas only. Types alone cross over: zod stays out of the bundle.
import type { z } from 'zod'
import type {
  auditEntry,
  createApiKeyBody,
  createdApiKey,
  setupReply,
  updateAccountBody,
} from '../../../contract/account.ts'
import type { couponNeed, createCampaignBody } from '../../../contract/campaigns.ts'
import type { assignReply } from '../../../contract/codes.ts'
import type {
  createStoreBody,
  editTermsReply,
  termsVersion,
  updateCouponBody,
  updateStoreBody,
} from '../../../contract/coupons.ts'
import type {
  messageContent,
  messageState,
  previewBody,
  templateSummary,
  testSendReply,
} from '../../../contract/messages.ts'
import type { campaignReport, redemption } from '../../../contract/reports.ts'
import type { createSenderBody, updateSenderBody } from '../../../contract/senders.ts'
import type { beginInstallationReply } from '../../../contract/shopify.ts'
import type { addSuppressionBody } from '../../../contract/suppressions.ts'

export type CreateSender = z.input<typeof createSenderBody>
export type UpdateSender = z.input<typeof updateSenderBody>
export type AddSuppression = z.input<typeof addSuppressionBody>
export type BeginInstallationReply = z.infer<typeof beginInstallationReply>
export type AuditEntry = z.infer<typeof auditEntry>
export type CreateApiKey = z.input<typeof createApiKeyBody>
export type CreatedApiKey = z.infer<typeof createdApiKey>
export type SetupReply = z.infer<typeof setupReply>
export type UpdateAccount = z.input<typeof updateAccountBody>
export type AssignReply = z.infer<typeof assignReply>
export type CreateStore = z.input<typeof createStoreBody>
export type UpdateStore = z.input<typeof updateStoreBody>
export type UpdateCoupon = z.input<typeof updateCouponBody>
export type EditTermsReply = z.infer<typeof editTermsReply>
export type TermsVersion = z.infer<typeof termsVersion>
export type CouponNeed = z.infer<typeof couponNeed>
export type CreateCampaign = z.input<typeof createCampaignBody>
export type PreviewBody = z.input<typeof previewBody>
export type MessageContent = z.infer<typeof messageContent>
export type MessageState = z.infer<typeof messageState>
export type TestSendReply = z.infer<typeof testSendReply>
export type TemplateSummary = z.infer<typeof templateSummary>
export type CampaignReport = z.infer<typeof campaignReport>
export type Redemption = z.infer<typeof redemption>
