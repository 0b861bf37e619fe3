import { limitGuesses } from './limits.ts'
import type { ApiApp, ApiDeps } from './route.ts'
import { registerAssignmentRoutes } from './routes/assignments.ts'
import { registerCampaignRoutes } from './routes/campaigns.ts'
import { registerCheckoutRoutes } from './routes/checkout.ts'
import { registerCodeRoutes } from './routes/codes.ts'
import { registerCodeByHandRoutes } from './routes/codes-by-hand.ts'
import { registerCouponRoutes } from './routes/coupons.ts'
import { registerHomeRoutes } from './routes/home.ts'
import { registerImportRoutes } from './routes/imports.ts'
import { registerListRoutes } from './routes/lists.ts'
import { registerMessageRoutes } from './routes/messages.ts'
import { registerPreferenceRoutes } from './routes/preferences.ts'
import { registerProfileRoutes } from './routes/profiles.ts'
import { registerReportRoutes } from './routes/reports.ts'
import { registerSenderRoutes } from './routes/senders.ts'
import { registerSendingDomainRoutes } from './routes/sending-domain.ts'
import { registerSentMailRoutes } from './routes/sent-mail.ts'
import { registerShopOrderRoutes } from './routes/shop-orders.ts'
import { registerShopSyncRoutes } from './routes/shop-sync.ts'
import { registerShopifyRoutes } from './routes/shopify.ts'
import { registerShopifyWebhookRoutes } from './routes/shopify-webhooks.ts'
import { registerStoreRoutes } from './routes/stores.ts'
import { registerSuppressionRoutes } from './routes/suppressions.ts'
import { registerTemplateRoutes } from './routes/templates.ts'
import { registerTestSendRoutes } from './routes/test-sends.ts'
import { registerUnsubscribeRoutes } from './routes/unsubscribe.ts'
import { registerWebhookRoutes } from './routes/webhooks.ts'

/** Every route of the product that stands on an account. */
export function registerRoutes(app: ApiApp, deps: ApiDeps): void {
  registerStoreRoutes(app, deps)
  registerShopifyRoutes(app, deps)
  registerShopSyncRoutes(app, deps)
  registerCouponRoutes(app, deps)
  registerCodeRoutes(app, deps)
  registerCodeByHandRoutes(app, deps)
  registerAssignmentRoutes(app, deps)
  registerHomeRoutes(app, deps)
  registerProfileRoutes(app, deps)
  registerListRoutes(app, deps)
  registerImportRoutes(app, deps)
  registerCheckoutRoutes(app, deps, limitGuesses(app))
  registerTemplateRoutes(app, deps)
  registerTestSendRoutes(app, deps)
  registerCampaignRoutes(app, deps)
  registerMessageRoutes(app, deps)
  registerReportRoutes(app, deps)
  registerUnsubscribeRoutes(app, deps)
  registerPreferenceRoutes(app, deps)
  registerWebhookRoutes(app, deps)
  registerSenderRoutes(app, deps)
  registerSendingDomainRoutes(app, deps)
  registerSuppressionRoutes(app, deps)
  registerShopifyWebhookRoutes(app, deps)
  registerShopOrderRoutes(app, deps)
  registerSentMailRoutes(app, deps)
}
