import { Readable } from 'node:stream'
import { z } from 'zod'
import { addCodesBody, code, codeJob, listCodesQuery, rowError } from '../../../contract/codes.ts'
import { idParams, pageOf, pageQuery } from '../../../contract/common.ts'
import { MAX_FILE_BYTES } from '../../../contract/people.ts'
import { recordAudit } from '../../accounts/audit.ts'
import { cancelCodeJob, listCodeJobs, requireCodeJob } from '../../codes/code-jobs.ts'
import { addCodes } from '../../codes/generate.ts'
import { uploadCodes } from '../../codes/upload.ts'
import { requireCoupon } from '../../coupons/find-coupon.ts'
import { AppError } from '../../errors.ts'
import { listCodes } from '../../reports/codes.ts'
import { exportCodes } from '../../reports/codes-export.ts'
import { pageCodeJobErrors, toCodeJob } from '../../reports/codes-jobs.ts'
import { audited } from '../audited.ts'
import type { ApiApp, ApiDeps } from '../route.ts'

const tags = ['codes']

export function registerCodeRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db, now } = deps
  app.route({
    method: 'GET',
    url: '/v1/coupons/:id/codes',
    config: { scope: 'coupons:read' },
    schema: {
      summary: 'List the codes of a coupon; masked without codes:read',
      description:
        'Newest terms first, then in line order. With a state that few codes have, a page may be short or empty and still have `next`.',
      tags,
      params: idParams,
      querystring: listCodesQuery,
      response: { 200: pageOf(code) },
    },
    handler: ({ caller: { accountId, scopes }, params, query }) =>
      listCodes(db, { ...query, accountId, couponId: params.id, showsCodes: scopes.has('codes:read'), now: now() }),
  })
  app.route({
    method: 'GET',
    url: '/v1/coupons/:id/codes.csv',
    config: { scope: 'codes:read' },
    schema: { summary: 'Download the codes of a coupon as CSV, in full', tags, params: idParams },
    handler: async ({ caller: { accountId }, params }, reply) => {
      const { name, pieces } = await exportCodes(db, { accountId, couponId: params.id, now: now() })
      const fileName = encodeURIComponent(`${name} codes.csv`)
      return await reply
        .type('text/csv; charset=utf-8')
        .header('cache-control', 'no-store')
        .header('content-disposition', `attachment; filename="codes.csv"; filename*=UTF-8''${fileName}`)
        .send(Readable.from(pieces))
    },
  })
  registerAdding(app, deps)
  registerJobs(app, deps)
}

function registerAdding(app: ApiApp, deps: ApiDeps): void {
  const { db, now, wakeWorker } = deps
  app.route({
    method: 'POST',
    url: '/v1/coupons/:id/codes',
    config: { scope: 'codes:write', idempotent: true },
    schema: {
      summary: 'Add codes to a coupon; they are made in the background',
      tags,
      params: idParams,
      body: addCodesBody,
      response: { 202: codeJob },
    },
    handler: async ({ body, caller, params: { id } }, reply) => {
      const { accountId } = caller
      const job = await audited(
        deps,
        caller,
        (trx) => addCodes(trx, { accountId, coupon: id, count: body.count, now: now() }),
        (added) => ({ action: 'codes.added', subject: `coupon:${id}`, data: { jobId: added.id, count: body.count } }),
      )
      if (job.storeKind === 'shopify') await wakeWorker('sync-store', { accountId, id: job.storeId })
      else await wakeWorker('add-codes', { accountId, id: job.id })
      return await reply.code(202).send(toCodeJob(job, now()))
    },
  })
  app.route({
    method: 'POST',
    url: '/v1/coupons/:id/codes/upload',
    bodyLimit: MAX_FILE_BYTES,
    config: { scope: 'codes:write', idempotent: true },
    schema: {
      summary: 'Add codes from a CSV file: the body is the file itself, text/csv',
      tags,
      params: idParams,
      response: { 200: codeJob },
    },
    handler: async (request) => {
      const source: unknown = request.body
      if (!(source instanceof Readable)) {
        throw new AppError('unsupported_media_type', 'Send the file itself with the header Content-Type: text/csv.')
      }
      const { accountId, actor } = request.caller
      const couponId = request.params.id
      try {
        const job = await uploadCodes(db, { accountId, coupon: couponId, source, now: now() })
        const data = { jobId: job.id, taken: job.done, skipped: job.skipped }
        const subject = `coupon:${couponId}`
        await recordAudit(db, { accountId, actor, action: 'codes.uploaded', subject, data, now: now() })
        if (job.state === 'queued') await wakeWorker('sync-store', { accountId, id: job.storeId })
        return toCodeJob(job, now())
      } finally {
        source.resume() // the rest of a refused file is read and dropped, else its connection would stay open for ever
      }
    },
  })
}

function registerJobs(app: ApiApp, deps: ApiDeps): void {
  const { db, now } = deps
  app.route({
    method: 'GET',
    url: '/v1/coupons/:id/code-jobs',
    config: { scope: 'coupons:read' },
    schema: {
      summary: 'The newest 50 jobs that added codes to a coupon, newest first',
      tags,
      params: idParams,
      response: { 200: z.array(codeJob) },
    },
    handler: async ({ caller: { accountId }, params }) => {
      await requireCoupon(db, { accountId, coupon: params.id })
      const jobs = await listCodeJobs(db, { accountId, couponId: params.id })
      return jobs.map((job) => toCodeJob(job, now()))
    },
  })
  app.route({
    method: 'GET',
    url: '/v1/code-jobs/:id',
    config: { scope: 'coupons:read' },
    schema: { summary: 'One job with its progress', tags, params: idParams, response: { 200: codeJob } },
    handler: async ({ caller: { accountId }, params }) =>
      toCodeJob(await requireCodeJob(db, { accountId, jobId: params.id }), now()),
  })
  app.route({
    method: 'POST',
    url: '/v1/code-jobs/:id/cancel',
    config: { scope: 'codes:write' },
    schema: {
      summary: 'Stop making codes; those made so far stay',
      tags,
      params: idParams,
      response: { 200: codeJob },
    },
    handler: async ({ caller, params: { id } }) => {
      const job = await audited(
        deps,
        caller,
        (trx) => cancelCodeJob(trx, { accountId: caller.accountId, jobId: id, now: now() }),
        ({ done, wanted }) => ({ action: 'code_job.cancelled', subject: `code_job:${id}`, data: { done, wanted } }),
      )
      return toCodeJob(job, now())
    },
  })
  app.route({
    method: 'GET',
    url: '/v1/code-jobs/:id/errors',
    config: { scope: 'coupons:read' },
    schema: {
      summary: 'Rows of an upload that were not taken, by line',
      tags,
      params: idParams,
      querystring: pageQuery,
      response: { 200: pageOf(rowError) },
    },
    handler: ({ caller: { accountId }, params, query }) =>
      pageCodeJobErrors(db, { ...query, accountId, jobId: params.id }),
  })
}
