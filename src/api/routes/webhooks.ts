import { z } from 'zod'
import { receiveWebhook } from '../../messages/feedback/receive-webhook.ts'
import { limitFailures } from '../limits.ts'
import type { ApiApp, ApiDeps } from '../route.ts'

const MINUTE_MS = 60_000
/** Largest report of a provider. */
const BODY_LIMIT_BYTES = 1024 * 1024
/** Reports of one sender in a minute: a campaign brings one for each mail, and a provider tries those again that are refused. */
const REPORTS_PER_MINUTE = 60_000
/** Reports with a wrong signature, or of no sender, that one address may send in a minute. */
const REFUSED_PER_MINUTE = 60

const params = z.object({ provider: z.string().max(20), senderId: z.string().max(60) })

/**
 * Where providers report what became of messages. The signature is over the bytes, so the body stays as it came. 200 means that
 * what was told is stored; it is applied afterwards.
 */
export function registerWebhookRoutes(app: ApiApp, deps: ApiDeps): void {
  app.register(async (scope: ApiApp) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_LIMIT_BYTES }, (_request, body, done) =>
      done(null, body),
    )
    addRoute(scope, deps)
  })
}

function addRoute(app: ApiApp, { db, now, secret, sns, publicUrl }: ApiDeps): void {
  const refused = limitFailures(app, { max: REFUSED_PER_MINUTE, what: 'refused reports', by: (request) => request.ip })
  app.route({
    method: 'POST',
    url: '/webhooks/:provider/:senderId',
    bodyLimit: BODY_LIMIT_BYTES,
    config: {
      scope: 'public',
      rateLimit: {
        max: REPORTS_PER_MINUTE,
        timeWindow: MINUTE_MS,
        keyGenerator: (request) => `report ${(request.params as z.infer<typeof params>).senderId}`,
      },
    },
    preHandler: refused.check,
    schema: { params, hide: true },
    handler: async (request, reply) => {
      const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      const { method, headers } = request
      const url = `${publicUrl.replace(/\/$/, '')}${request.url}`
      const report = { method, url, headers, rawBody }
      const result = await receiveWebhook(db, { ...request.params, request: report, secret, sns, now: now() })
      if (result.status === 'unknown_sender' || result.status === 'refused') await refused.count(request)
      if (result.status === 'unknown_sender') return await reply.code(404).send({ error: 'There is no such sender.' })
      if (result.status === 'refused') return await reply.code(401).send({ error: result.reason })
      if (result.status === 'confirmed' && !result.ok)
        return await reply.code(502).send({ error: 'SNS did not answer.' })
      if (request.params.provider !== 'twilio') return await reply.code(200).send({ ok: true })
      return await reply
        .code(200)
        .type('text/xml')
        .send(toTwiml(result.status === 'stored' ? result.answer : null))
    },
  })
}

/** What Twilio wants for an answer, also where there is nothing to say. Source: Twilio, "TwiML for Programmable Messaging". */
function toTwiml(answer: string | null): string {
  const escaped = answer?.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return `<?xml version="1.0" encoding="UTF-8"?><Response>${escaped ? `<Message>${escaped}</Message>` : ''}</Response>`
}
