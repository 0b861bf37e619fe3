import { idParams, noContent, pageOf, pageQuery } from '../../../contract/common.ts'
import {
  createListBody,
  list,
  listMembersQuery,
  memberIdsBody,
  profile,
  updateListBody,
} from '../../../contract/people.ts'
import {
  addMembers,
  createList,
  deleteList,
  listLists,
  listMembers,
  removeMembers,
  renameList,
  requireList,
} from '../../profiles/lists.ts'
import type { ApiApp, ApiDeps } from '../route.ts'

export function registerListRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db, now } = deps
  app.route({
    method: 'GET',
    url: '/v1/lists',
    config: { scope: 'profiles:read' },
    schema: { querystring: pageQuery, response: { 200: pageOf(list) } },
    handler: (request) => listLists(db, { accountId: request.caller.accountId, ...request.query }),
  })
  app.route({
    method: 'POST',
    url: '/v1/lists',
    config: { scope: 'profiles:write', idempotent: true },
    schema: { body: createListBody, response: { 201: list } },
    handler: async (request, reply) => {
      const { accountId } = request.caller
      return reply.code(201).send(await createList(db, { ...request.body, accountId, now: now() }))
    },
  })
  app.route({
    method: 'GET',
    url: '/v1/lists/:id',
    config: { scope: 'profiles:read' },
    schema: { params: idParams, response: { 200: list } },
    handler: (request) => requireList(db, { accountId: request.caller.accountId, listId: request.params.id }),
  })
  app.route({
    method: 'PATCH',
    url: '/v1/lists/:id',
    config: { scope: 'profiles:write' },
    schema: { params: idParams, body: updateListBody, response: { 200: list } },
    handler: (request) =>
      renameList(db, { accountId: request.caller.accountId, listId: request.params.id, name: request.body.name }),
  })
  app.route({
    method: 'DELETE',
    url: '/v1/lists/:id',
    config: { scope: 'profiles:write' },
    schema: { params: idParams, response: { 204: noContent } },
    handler: async (request, reply) => {
      await deleteList(db, { accountId: request.caller.accountId, listId: request.params.id })
      return reply.code(204).send(null)
    },
  })
  registerMemberRoutes(app, deps)
}

function registerMemberRoutes(app: ApiApp, { db, now }: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/lists/:id/members',
    config: { scope: 'profiles:read' },
    schema: { params: idParams, querystring: listMembersQuery, response: { 200: pageOf(profile) } },
    handler: (request) =>
      listMembers(db, { accountId: request.caller.accountId, listId: request.params.id, ...request.query }),
  })
  app.route({
    method: 'POST',
    url: '/v1/lists/:id/members',
    config: { scope: 'profiles:write' },
    schema: { params: idParams, body: memberIdsBody, response: { 200: list } },
    handler: (request) => {
      const { accountId } = request.caller
      return addMembers(db, { accountId, listId: request.params.id, ...request.body, now: now() })
    },
  })
  app.route({
    method: 'POST',
    url: '/v1/lists/:id/members/remove',
    config: { scope: 'profiles:write' },
    schema: { params: idParams, body: memberIdsBody, response: { 200: list } },
    handler: (request) =>
      removeMembers(db, { accountId: request.caller.accountId, listId: request.params.id, ...request.body }),
  })
}
