import { idParams, noContent, pageOf, pageQuery } from '../../../contract/common.ts'
import {
  campaign,
  campaignReview,
  createCampaignBody,
  resendReply,
  updateCampaignBody,
} from '../../../contract/messages.ts'
import { recordAudit } from '../../accounts/audit.ts'
import {
  cancelCampaign,
  createCampaign,
  deleteCampaign,
  describeCampaign,
  listCampaigns,
  pauseCampaign,
  resumeCampaign,
  updateCampaign,
} from '../../campaigns/campaigns.ts'
import { resendUnknown } from '../../campaigns/resend.ts'
import { reviewCampaign } from '../../campaigns/review.ts'
import { startCampaign } from '../../campaigns/run-campaign.ts'
import { audited } from '../audited.ts'
import type { ApiApp, ApiDeps, Caller } from '../route.ts'

export function registerCampaignRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db, now } = deps
  app.route({
    method: 'GET',
    url: '/v1/campaigns',
    config: { scope: 'messages:read' },
    schema: { querystring: pageQuery, response: { 200: pageOf(campaign) } },
    handler: (request) => listCampaigns(db, { accountId: request.caller.accountId, ...request.query }),
  })
  app.route({
    method: 'POST',
    url: '/v1/campaigns',
    config: { scope: 'messages:write', idempotent: true },
    schema: { body: createCampaignBody, response: { 201: campaign } },
    handler: async (request, reply) => {
      const { accountId } = request.caller
      return reply.code(201).send(await createCampaign(db, { ...request.body, accountId, now: now() }))
    },
  })
  app.route({
    method: 'GET',
    url: '/v1/campaigns/:id',
    config: { scope: 'messages:read' },
    schema: { params: idParams, response: { 200: campaign } },
    handler: (request) => describeCampaign(db, inputOf(request)),
  })
  app.route({
    method: 'PATCH',
    url: '/v1/campaigns/:id',
    config: { scope: 'messages:write' },
    schema: { params: idParams, body: updateCampaignBody, response: { 200: campaign } },
    handler: (request) => updateCampaign(db, { ...request.body, ...inputOf(request) }),
  })
  app.route({
    method: 'DELETE',
    url: '/v1/campaigns/:id',
    config: { scope: 'messages:write' },
    schema: { params: idParams, response: { 204: noContent } },
    handler: async (request, reply) => {
      await deleteCampaign(db, inputOf(request))
      return reply.code(204).send(null)
    },
  })
  app.route({
    method: 'GET',
    url: '/v1/campaigns/:id/review',
    config: { scope: 'messages:read' },
    schema: { params: idParams, response: { 200: campaignReview } },
    handler: (request) => reviewCampaign(db, { ...inputOf(request), channel: deps.emailChannel, now: now() }),
  })
  registerMoves(app, deps)
  registerResend(app, deps)
}

function registerResend(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/campaigns/:id/resend-unknown',
    config: { scope: 'campaigns:send', idempotent: true },
    schema: {
      summary: 'Send again the messages whose answer was lost: some people may get the mail twice, with the same code',
      params: idParams,
      response: { 200: resendReply },
    },
    handler: async (request) => {
      const input = inputOf(request)
      const { accountId, campaignId } = input
      const count = await audited(
        deps,
        request.caller,
        (trx) => resendUnknown(trx, { ...input, now: deps.now() }),
        (resent) => ({ action: 'campaign.resent', subject: `campaign:${campaignId}`, data: { count: resent } }),
      )
      await deps.wakeWorker('run-campaign', { accountId, id: campaignId })
      return { count }
    },
  })
}

function registerMoves(app: ApiApp, deps: ApiDeps): void {
  const { db, now } = deps
  const moves = {
    send: async (input: Input) => {
      await startCampaign(db, { ...input, channel: deps.emailChannel, now: now() })
      return await describeCampaign(db, input)
    },
    pause: (input: Input) => pauseCampaign(db, { ...input, now: now() }),
    resume: (input: Input) => resumeCampaign(db, { ...input, now: now() }),
    cancel: (input: Input) => cancelCampaign(db, { ...input, now: now() }),
  }
  const deeds = { send: 'started', pause: 'paused', resume: 'resumed', cancel: 'cancelled' }
  for (const name of Object.keys(moves) as (keyof typeof moves)[]) {
    app.route({
      method: 'POST',
      url: `/v1/campaigns/:id/${name}`,
      config: { scope: 'campaigns:send', idempotent: true },
      schema: { params: idParams, response: { 200: campaign } },
      handler: async (request) => {
        const input = inputOf(request)
        const moved = await moves[name](input)
        const { accountId, actor } = request.caller
        await recordAudit(db, {
          accountId,
          actor,
          action: `campaign.${deeds[name]}`,
          subject: `campaign:${input.campaignId}`,
          data: { name: moved.name },
          now: now(),
        })
        if (name === 'send' || name === 'resume')
          await deps.wakeWorker('run-campaign', { accountId, id: input.campaignId })
        return moved
      },
    })
  }
}

type Input = { accountId: string; campaignId: string }

function inputOf(request: { caller: Caller; params: { id: string } }): Input {
  return { accountId: request.caller.accountId, campaignId: request.params.id }
}
