import {
  addMissingReply,
  campaign,
  campaignReview,
  createCampaignBody,
  pickWinnerBody,
  rescheduleBody,
  resendReply,
  updateCampaignBody,
} from '../../../contract/campaigns.ts'
import { idParams, noContent, pageOf, pageQuery } from '../../../contract/common.ts'
import { recordAudit } from '../../accounts/audit.ts'
import { addMissingCodes } from '../../campaigns/add-missing.ts'
import {
  copyCampaign,
  createCampaign,
  deleteCampaign,
  describeCampaign,
  listCampaigns,
  updateCampaign,
} from '../../campaigns/campaigns.ts'
import { cancelCampaign, pauseCampaign, resumeCampaign, unscheduleCampaign } from '../../campaigns/moves.ts'
import { resendUnknown } from '../../campaigns/resend.ts'
import { reviewCampaign } from '../../campaigns/review.ts'
import { rescheduleCampaign, scheduleCampaign } from '../../campaigns/schedule.ts'
import { pickWinner } from '../../campaigns/winner.ts'
import { audited } from '../audited.ts'
import type { ApiApp, ApiDeps, Caller } from '../route.ts'

const tags = ['campaigns']

export function registerCampaignRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db, now } = deps
  app.route({
    method: 'GET',
    url: '/v1/campaigns',
    config: { scope: 'messages:read' },
    schema: {
      summary: 'List campaigns, newest first',
      tags,
      querystring: pageQuery,
      response: { 200: pageOf(campaign) },
    },
    handler: (request) => listCampaigns(db, { accountId: request.caller.accountId, ...request.query }),
  })
  app.route({
    method: 'POST',
    url: '/v1/campaigns',
    config: { scope: 'messages:write', idempotent: true },
    schema: { summary: 'Make a draft', tags, body: createCampaignBody, response: { 201: campaign } },
    handler: async (request, reply) => {
      const { accountId } = request.caller
      return reply.code(201).send(await createCampaign(db, { ...request.body, accountId, now: now() }))
    },
  })
  app.route({
    method: 'GET',
    url: '/v1/campaigns/:id',
    config: { scope: 'messages:read' },
    schema: { summary: 'Read a campaign', tags, params: idParams, response: { 200: campaign } },
    handler: (request) => describeCampaign(db, inputOf(request)),
  })
  registerDrafts(app, deps)
  registerReview(app, deps)
  registerResend(app, deps)
  registerMoves(app, deps)
  registerWinner(app, deps)
}

function registerDrafts(app: ApiApp, deps: ApiDeps): void {
  const { db, now } = deps
  app.route({
    method: 'PATCH',
    url: '/v1/campaigns/:id',
    config: { scope: 'messages:write' },
    schema: {
      summary: 'Change a draft',
      tags,
      params: idParams,
      body: updateCampaignBody,
      response: { 200: campaign },
    },
    handler: (request) => updateCampaign(db, { ...request.body, ...inputOf(request) }),
  })
  app.route({
    method: 'DELETE',
    url: '/v1/campaigns/:id',
    config: { scope: 'messages:write' },
    schema: { summary: 'Delete a draft', tags, params: idParams, response: { 204: noContent } },
    handler: async (request, reply) => {
      await deleteCampaign(db, inputOf(request))
      return reply.code(204).send(null)
    },
  })
  app.route({
    method: 'POST',
    url: '/v1/campaigns/:id/copy',
    config: { scope: 'messages:write', idempotent: true },
    schema: { summary: 'Make a draft of the same content', tags, params: idParams, response: { 201: campaign } },
    handler: async (request, reply) =>
      reply.code(201).send(await copyCampaign(db, { ...inputOf(request), now: now() })),
  })
}

function registerReview(app: ApiApp, deps: ApiDeps): void {
  const { db, now, emailChannel: channel } = deps
  app.route({
    method: 'GET',
    url: '/v1/campaigns/:id/review',
    config: { scope: 'messages:read' },
    schema: {
      summary: 'Who would get it, when, which codes it needs, and what stands in the way',
      tags,
      params: idParams,
      response: { 200: campaignReview },
    },
    handler: (request) => reviewCampaign(db, { ...inputOf(request), channel, now: now() }),
  })
  app.route({
    method: 'POST',
    url: '/v1/campaigns/:id/add-missing-codes',
    config: { scope: 'codes:write', idempotent: true },
    schema: {
      summary: 'Add to each coupon of a campaign exactly the codes that are missing',
      tags,
      params: idParams,
      response: { 202: addMissingReply },
    },
    handler: async (request, reply) => {
      const { accountId, actor } = request.caller
      const added = await addMissingCodes(db, { ...inputOf(request), channel, now: now() })
      for (const { id, couponId, wanted } of added.jobs) {
        const data = { jobId: id, count: wanted, campaignId: request.params.id }
        const entry = { accountId, actor, action: 'codes.added', subject: `coupon:${couponId}`, data }
        await recordAudit(db, { ...entry, now: now() })
        await deps.wakeWorker('add-codes', { accountId, id })
      }
      return reply.code(202).send(added)
    },
  })
}

function registerResend(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/campaigns/:id/resend-unknown',
    config: { scope: 'campaigns:send', idempotent: true },
    schema: {
      summary: 'Send again the messages whose answer was lost: some people may get the mail twice, with the same code',
      tags,
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
  const { db, now, emailChannel: channel } = deps
  const moves = {
    schedule: (input: Input) => scheduleCampaign(db, { ...input, channel, now: now() }),
    send: (input: Input) => scheduleCampaign(db, { ...input, channel, atOnce: true, now: now() }),
    unschedule: (input: Input) => unscheduleCampaign(db, { ...input, now: now() }),
    pause: (input: Input) => pauseCampaign(db, { ...input, now: now() }),
    resume: (input: Input) => resumeCampaign(db, { ...input, now: now() }),
    cancel: (input: Input) => cancelCampaign(db, { ...input, now: now() }),
  }
  const texts: Record<keyof typeof moves, { deed: string; summary: string }> = {
    schedule: { deed: 'scheduled', summary: 'Reserve the codes of a draft and send it at its time' },
    send: { deed: 'started', summary: 'Reserve the codes of a draft and send it at once, whatever its time' },
    unschedule: { deed: 'unscheduled', summary: 'Make a scheduled campaign a draft and give its codes back' },
    pause: { deed: 'paused', summary: 'Stop sending for now' },
    resume: { deed: 'resumed', summary: 'Go on sending' },
    cancel: { deed: 'cancelled', summary: 'Stop for good and give the reserved codes back' },
  }
  for (const name of Object.keys(moves) as (keyof typeof moves)[]) {
    app.route({
      method: 'POST',
      url: `/v1/campaigns/:id/${name}`,
      config: { scope: 'campaigns:send', idempotent: true },
      schema: { summary: texts[name].summary, tags, params: idParams, response: { 200: campaign } },
      handler: async (request) => {
        const input = inputOf(request)
        const moved = await moves[name](input)
        await record(deps, request.caller, texts[name].deed, moved)
        await wake(deps, request.caller, moved)
        return moved
      },
    })
  }
  app.route({
    method: 'POST',
    url: '/v1/campaigns/:id/reschedule',
    config: { scope: 'campaigns:send', idempotent: true },
    schema: {
      summary: 'Give a scheduled campaign another time',
      tags,
      params: idParams,
      body: rescheduleBody,
      response: { 200: campaign },
    },
    handler: async (request) => {
      const moved = await rescheduleCampaign(db, { ...inputOf(request), ...request.body, channel, now: now() })
      await record(deps, request.caller, 'rescheduled', moved)
      await wake(deps, request.caller, moved)
      return moved
    },
  })
}

function registerWinner(app: ApiApp, deps: ApiDeps): void {
  const { db, now } = deps
  app.route({
    method: 'POST',
    url: '/v1/campaigns/:id/pick-winner',
    config: { scope: 'campaigns:send', idempotent: true },
    schema: {
      summary: 'Pick the message of a test that the rest of the recipients get',
      tags,
      params: idParams,
      body: pickWinnerBody,
      response: { 200: campaign },
    },
    handler: async (request) => {
      const { accountId } = request.caller
      const picked = await pickWinner(db, { ...inputOf(request), ...request.body, now: now() })
      await record(deps, request.caller, `winner_${request.body.winner}_picked`, picked)
      await deps.wakeWorker('run-campaign', { accountId, id: picked.id })
      return picked
    },
  })
}

async function wake(deps: ApiDeps, { accountId }: Caller, moved: { id: string; state: string }): Promise<void> {
  if (moved.state === 'preparing') await deps.wakeWorker('run-campaign', { accountId, id: moved.id })
}

async function record(deps: ApiDeps, caller: Caller, deed: string, moved: { id: string; name: string }): Promise<void> {
  const { accountId, actor } = caller
  const entry = { action: `campaign.${deed}`, subject: `campaign:${moved.id}`, data: { name: moved.name } }
  await recordAudit(deps.db, { accountId, actor, ...entry, now: deps.now() })
}

type Input = { accountId: string; campaignId: string }

function inputOf(request: { caller: Caller; params: { id: string } }): Input {
  return { accountId: request.caller.accountId, campaignId: request.params.id }
}
