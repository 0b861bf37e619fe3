import { setTimeout as wait } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Fault, FaultList } from '../faults/fault.ts'
import type { AccessToken } from '../shop/app.ts'
import { API_VERSION } from '../shop/settings.ts'
import type { Shop } from '../shop/shop.ts'
import type { AdminApi, GraphqlReply, GraphqlRequest } from './admin-api.ts'

/** Versions that Shopify names by quarter; an old or unknown quarter is answered by this program all the same. */
const VERSION = /^(20\d\d-(01|04|07|10)|unstable)$/

const FAULTS_BEFORE = new Set(['http_429', 'http_502', 'connection_reset', 'timeout', 'throttled', 'internal_error'])

export interface AdminApiParts {
  shop: Shop
  api: AdminApi
  faults: FaultList
}

/** `POST /admin/api/{version}/graphql.json` */
export function registerAdminApi(server: FastifyInstance, parts: AdminApiParts): void {
  server.post('/admin/api/:version/graphql.json', async (request, reply) => {
    const { version } = request.params as { version: string }
    if (!VERSION.test(version)) return reply.code(404).send({ errors: 'Not Found' })
    const token = findToken(parts.shop, request.headers['x-shopify-access-token'])
    if (!token) {
      return reply
        .code(401)
        .send({ errors: '[API] Invalid API key or access token (unrecognized login or wrong password)' })
    }
    reply.header('x-shopify-api-version', API_VERSION)
    reply.header('x-request-id', request.id)
    const body = readBody(request.body)
    if (!body) return reply.code(400).send({ errors: { query: 'Required parameter missing or invalid' } })
    const fault = parts.faults.take(body.query)
    if (fault && FAULTS_BEFORE.has(fault.kind)) return failBefore(parts, fault, request, reply)
    const answer = parts.api.answer(token, body)
    return fault ? failAfter(fault, answer, request, reply) : reply.send(answer)
  })
}

/** The token of a header if it is known, of an installed app and not expired. */
function findToken(shop: Shop, header: string | string[] | undefined): AccessToken | undefined {
  const token = typeof header === 'string' ? shop.app.tokens.get(header) : undefined
  if (!token || !shop.app.installed) return undefined
  return token.expiresAt !== null && token.expiresAt <= shop.clock.now() ? undefined : token
}

function readBody(body: unknown): GraphqlRequest | undefined {
  if (typeof body !== 'object' || body === null || !('query' in body) || typeof body.query !== 'string')
    return undefined
  const variables =
    'variables' in body && typeof body.variables === 'object' && body.variables ? { ...body.variables } : {}
  const operationName =
    'operationName' in body && typeof body.operationName === 'string' ? body.operationName : undefined
  return { query: body.query, variables, operationName }
}

async function failBefore(
  parts: AdminApiParts,
  fault: Fault,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  switch (fault.kind) {
    case 'http_429':
      return reply.code(429).header('retry-after', `${fault.retryAfterSeconds}.0`).send({ errors: 'Too Many Requests' })
    case 'http_502':
      return reply.code(502).type('text/html').send('<html><body><h1>502 Bad Gateway</h1></body></html>')
    case 'throttled': {
      const cost = {
        requestedQueryCost: 10,
        actualQueryCost: null,
        throttleStatus: { ...parts.api.bucket.status(), currentlyAvailable: 0 },
      }
      return reply.send({ errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }], extensions: { cost } })
    }
    case 'internal_error':
      return reply.send({
        errors: [
          {
            message: `Internal error. Looks like something went wrong on our end. Request ID: ${request.id}`,
            extensions: { code: 'INTERNAL_SERVER_ERROR' },
          },
        ],
      })
    default:
      if (fault.kind === 'timeout') await wait(fault.delayMs, undefined, { ref: false })
      return cutConnection(request, reply)
  }
}

async function failAfter(
  fault: Fault,
  answer: GraphqlReply,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  if (fault.kind === 'http_502_after')
    return reply.code(502).type('text/html').send('<html><body><h1>502 Bad Gateway</h1></body></html>')
  if (fault.kind === 'reply_lost') return cutConnection(request, reply)
  await wait(fault.delayMs, undefined, { ref: false })
  return fault.kind === 'slow' ? reply.send(answer) : cutConnection(request, reply)
}

/** Ends the connection without an answer. */
function cutConnection(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.hijack()
  request.raw.socket.destroy()
  return reply
}
