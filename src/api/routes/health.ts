import { z } from 'zod'
import { pingDatabase } from '../../db/ping.ts'
import type { ServerDeps } from '../deps.ts'
import type { ApiApp } from '../route.ts'

const PING_TIMEOUT_MS = 2000

const config = { scope: 'public', rateLimit: false, quiet: true } as const

/** For load balancers and supervisors. /health: the process runs. /ready: it wants work and its database answers. */
export function registerHealth(app: ApiApp, deps: ServerDeps): void {
  app.get(
    '/health',
    {
      config,
      schema: {
        summary: 'The process runs',
        tags: ['operation'],
        response: { 200: z.object({ status: z.literal('up') }) },
      },
    },
    async () => ({ status: 'up' as const }),
  )

  const ready = z.object({ status: z.enum(['ready', 'draining', 'no_database']) })
  app.get(
    '/ready',
    {
      config,
      schema: { summary: 'The process takes work', tags: ['operation'], response: { 200: ready, 503: ready } },
    },
    async (request, reply) => {
      if (deps.isDraining()) return await reply.code(503).send({ status: 'draining' as const })
      try {
        await pingDatabase(deps.db, PING_TIMEOUT_MS)
        return { status: 'ready' as const }
      } catch (err) {
        request.log.error({ err }, 'The database does not answer')
        return await reply.code(503).send({ status: 'no_database' as const })
      }
    },
  )
}
