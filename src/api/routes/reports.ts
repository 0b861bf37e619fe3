import { id, idParams, pageOf, pageQuery } from '../../../contract/common.ts'
import { campaignReport, couponReport, redemption, templateReport } from '../../../contract/reports.ts'
import { reportCampaign } from '../../reports/campaigns.ts'
import { reportCoupon } from '../../reports/coupons.ts'
import { reportTemplate } from '../../reports/messages.ts'
import { listRedemptions } from '../../reports/redemptions.ts'
import type { ApiApp, ApiDeps } from '../route.ts'

export function registerReportRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db, now } = deps
  app.route({
    method: 'GET',
    url: '/v1/reports/coupons/:id',
    config: { scope: 'reports:read' },
    schema: {
      summary: 'What became of the codes of a coupon',
      tags: ['reports'],
      params: idParams,
      response: { 200: couponReport },
    },
    handler: ({ caller, params }) => reportCoupon(db, { accountId: caller.accountId, couponId: params.id, now: now() }),
  })
  app.route({
    method: 'GET',
    url: '/v1/reports/campaigns/:id',
    config: { scope: 'reports:read' },
    schema: {
      summary: 'What became of the messages and codes of a campaign',
      tags: ['reports'],
      params: idParams,
      response: { 200: campaignReport },
    },
    handler: ({ caller, params }) => reportCampaign(db, { accountId: caller.accountId, campaignId: params.id }),
  })
  app.route({
    method: 'GET',
    url: '/v1/reports/templates/:id',
    config: { scope: 'reports:read' },
    schema: {
      summary: 'How often the messages of a template were sent, opened and clicked',
      tags: ['reports'],
      params: idParams,
      response: { 200: templateReport },
    },
    handler: ({ caller, params }) => reportTemplate(db, { accountId: caller.accountId, templateId: params.id }),
  })
  app.route({
    method: 'GET',
    url: '/v1/redemptions',
    config: { scope: 'reports:read' },
    schema: {
      summary: 'Orders that used a code, newest first; codes are masked without codes:read',
      tags: ['reports'],
      querystring: pageQuery.extend({ couponId: id.optional() }),
      response: { 200: pageOf(redemption) },
    },
    handler: ({ caller, query }) =>
      listRedemptions(db, {
        ...query,
        accountId: caller.accountId,
        showsCodes: caller.scopes.has('codes:read'),
      }),
  })
}
