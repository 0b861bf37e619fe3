import { idParams, pageOf, pageQuery } from '../../../contract/common.ts'
import {
  createProfileBody,
  feedItem,
  listProfilesQuery,
  profile,
  profileDetail,
  updateProfileBody,
} from '../../../contract/people.ts'
import { createProfile, listProfiles, updateProfile } from '../../profiles/profiles.ts'
import { reportFeed, reportProfile } from '../../reports/people.ts'
import type { ApiApp, ApiDeps } from '../route.ts'

export function registerProfileRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db, now } = deps
  app.route({
    method: 'GET',
    url: '/v1/profiles',
    config: { scope: 'profiles:read' },
    schema: { querystring: listProfilesQuery, response: { 200: pageOf(profile) } },
    handler: (request) => listProfiles(db, { accountId: request.caller.accountId, ...request.query }),
  })
  app.route({
    method: 'POST',
    url: '/v1/profiles',
    config: { scope: 'profiles:write', idempotent: true },
    schema: { body: createProfileBody, response: { 201: profile } },
    handler: async (request, reply) => {
      const { accountId } = request.caller
      return reply.code(201).send(await createProfile(db, { ...request.body, accountId, now: now() }))
    },
  })
  app.route({
    method: 'GET',
    url: '/v1/profiles/:id',
    config: { scope: 'profiles:read' },
    schema: { params: idParams, response: { 200: profileDetail } },
    handler: (request) => {
      const { accountId, scopes } = request.caller
      const showsCodes = scopes.has('codes:read')
      return reportProfile(db, { accountId, profileId: request.params.id, showsCodes, now: now() })
    },
  })
  app.route({
    method: 'PATCH',
    url: '/v1/profiles/:id',
    config: { scope: 'profiles:write' },
    schema: { params: idParams, body: updateProfileBody, response: { 200: profile } },
    handler: (request) => {
      const { accountId } = request.caller
      return updateProfile(db, { ...request.body, accountId, profileId: request.params.id, now: now() })
    },
  })
  app.route({
    method: 'GET',
    url: '/v1/profiles/:id/feed',
    config: { scope: 'profiles:read' },
    schema: { params: idParams, querystring: pageQuery, response: { 200: pageOf(feedItem) } },
    handler: (request) => {
      const { accountId, scopes } = request.caller
      const showsCodes = scopes.has('codes:read')
      return reportFeed(db, { accountId, profileId: request.params.id, showsCodes, ...request.query })
    },
  })
}
