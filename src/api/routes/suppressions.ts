import { Readable } from 'node:stream'
import { idParams, noContent, pageOf } from '../../../contract/common.ts'
import { addSuppressionBody, listSuppressionsQuery, suppression } from '../../../contract/suppressions.ts'
import {
  exportSuppressions,
  liftSuppression,
  listSuppressions,
  suppressByHand,
} from '../../profiles/suppression/suppress.ts'
import { audited } from '../audited.ts'
import type { ApiApp, ApiDeps } from '../route.ts'

const tags = ['suppressions']

export function registerSuppressionRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db, now } = deps
  app.route({
    method: 'GET',
    url: '/v1/suppressions',
    config: { scope: 'profiles:read' },
    schema: {
      summary: 'Addresses that get nothing, newest first',
      tags,
      querystring: listSuppressionsQuery,
      response: { 200: pageOf(suppression) },
    },
    handler: ({ caller, query }) => listSuppressions(db, { ...query, accountId: caller.accountId }),
  })
  app.route({
    method: 'GET',
    url: '/v1/suppressions.csv',
    config: { scope: 'profiles:read' },
    schema: { summary: 'Download the whole list as CSV', tags },
    handler: ({ caller }, reply) =>
      reply
        .type('text/csv; charset=utf-8')
        .header('cache-control', 'no-store')
        .header('content-disposition', 'attachment; filename="suppressions.csv"')
        .send(Readable.from(exportSuppressions(db, { accountId: caller.accountId }))),
  })
  app.route({
    method: 'POST',
    url: '/v1/suppressions',
    config: { scope: 'profiles:write', idempotent: true },
    schema: { summary: 'Suppress an address by hand', tags, body: addSuppressionBody, response: { 201: suppression } },
    handler: async ({ body, caller }, reply) => {
      const made = await audited(
        deps,
        caller,
        (trx) => suppressByHand(trx, { ...body, accountId: caller.accountId, now: now() }),
        ({ id, channel, address }) => ({
          action: 'suppression.added',
          subject: `suppression:${id}`,
          data: { channel, address },
        }),
      )
      return await reply.code(201).send(made)
    },
  })
  app.route({
    method: 'DELETE',
    url: '/v1/suppressions/:id',
    config: { scope: 'profiles:write' },
    schema: {
      summary: 'Take an address off the list; who unsubscribed stays unsubscribed',
      tags,
      params: idParams,
      response: { 204: noContent },
    },
    handler: async ({ caller, params }, reply) => {
      await audited(
        deps,
        caller,
        (trx) => liftSuppression(trx, { accountId: caller.accountId, suppressionId: params.id, now: now() }),
        (gone) => ({ action: 'suppression.removed', subject: `suppression:${params.id}`, data: gone }),
      )
      return reply.code(204).send(null)
    },
  })
}
