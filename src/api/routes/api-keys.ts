import { apiKey, createApiKeyBody, createdApiKey } from '../../../contract/account.ts'
import { idParams, noContent, pageOf, pageQuery } from '../../../contract/common.ts'
import { createApiKey, listApiKeys, revokeApiKey } from '../../accounts/api-keys.ts'
import type { ServerDeps } from '../deps.ts'
import type { ApiApp } from '../route.ts'

export function registerApiKeys(app: ApiApp, deps: ServerDeps): void {
  app.get(
    '/v1/api-keys',
    {
      config: { scope: 'account:read' },
      schema: {
        summary: 'List the API keys in use, newest first',
        tags: ['API keys'],
        querystring: pageQuery,
        response: { 200: pageOf(apiKey) },
      },
    },
    ({ query, caller }) => listApiKeys(deps.db, { ...query, accountId: caller.accountId }),
  )

  app.post(
    '/v1/api-keys',
    {
      config: { scope: 'account:write', idempotent: true },
      schema: {
        summary: 'Make an API key; the key is in this reply and nowhere else',
        tags: ['API keys'],
        body: createApiKeyBody,
        response: { 201: createdApiKey },
      },
    },
    async ({ body, caller: { accountId, actor, scopes: allowedScopes } }, reply) => {
      const made = await createApiKey(deps.db, { ...body, accountId, actor, allowedScopes, now: deps.now() })
      return await reply.code(201).header('cache-control', 'no-store').send(made)
    },
  )

  app.delete(
    '/v1/api-keys/:id',
    {
      config: { scope: 'account:write' },
      schema: {
        summary: 'Revoke an API key, at once',
        tags: ['API keys'],
        params: idParams,
        response: { 204: noContent },
      },
    },
    async ({ params: { id }, caller: { accountId, actor } }, reply) => {
      await revokeApiKey(deps.db, { accountId, actor, id, now: deps.now() })
      return await reply.code(204).send(null)
    },
  )
}
