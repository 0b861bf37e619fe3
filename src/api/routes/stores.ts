import { idParams, pageOf, pageQuery } from '../../../contract/common.ts'
import { createStoreBody, store, updateStoreBody } from '../../../contract/coupons.ts'
import { createStore } from '../../stores/create-store.ts'
import { listStores, requireStore } from '../../stores/find-store.ts'
import { changeStore } from '../../stores/update-store.ts'
import type { ApiApp, ApiDeps } from '../route.ts'

export function registerStoreRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db, now } = deps
  app.route({
    method: 'GET',
    url: '/v1/stores',
    config: { scope: 'account:read' },
    schema: {
      summary: 'List the stores, oldest first',
      tags: ['stores'],
      querystring: pageQuery,
      response: { 200: pageOf(store) },
    },
    handler: ({ caller, query }) => listStores(db, { ...query, accountId: caller.accountId }),
  })
  app.route({
    method: 'POST',
    url: '/v1/stores',
    config: { scope: 'account:write', idempotent: true },
    schema: { summary: 'Add a store', tags: ['stores'], body: createStoreBody, response: { 201: store } },
    handler: async ({ body, caller }, reply) =>
      reply.code(201).send(await createStore(db, { ...body, accountId: caller.accountId, now: now() })),
  })
  app.route({
    method: 'GET',
    url: '/v1/stores/:id',
    config: { scope: 'account:read' },
    schema: { summary: 'One store', tags: ['stores'], params: idParams, response: { 200: store } },
    handler: ({ caller, params }) => requireStore(db, { accountId: caller.accountId, storeId: params.id }),
  })
  app.route({
    method: 'PATCH',
    url: '/v1/stores/:id',
    config: { scope: 'account:write' },
    schema: {
      summary: 'Change a store; its currency is for good',
      tags: ['stores'],
      params: idParams,
      body: updateStoreBody,
      response: { 200: store },
    },
    handler: ({ body, caller, params }) =>
      changeStore(db, { ...body, accountId: caller.accountId, storeId: params.id }),
  })
}
