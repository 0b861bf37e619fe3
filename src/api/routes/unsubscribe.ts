import { z } from 'zod'
import { readUnsubscribeToken } from '../../messages/links.ts'
import { unsubscribe } from '../../profiles/unsubscribe.ts'
import type { ApiApp, ApiDeps } from '../route.ts'

const params = z.object({ token: z.string().max(200) })

/**
 * The page behind the unsubscribe link. Only POST unsubscribes: programs that look at links send GET. The POST needs no cookie
 * and takes whatever body a mail program sends. Source: RFC 8058.
 */
export function registerUnsubscribeRoutes(app: ApiApp, deps: ApiDeps): void {
  app.register(async (scope: ApiApp) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, payload, done) => {
      payload.resume()
      done(null, undefined)
    })
    addRoutes(scope, deps)
  })
}

function addRoutes(app: ApiApp, { db, now, secret }: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/unsubscribe/:token',
    config: { scope: 'public' },
    schema: { params, hide: true },
    handler: async (request, reply) => {
      const known = readUnsubscribeToken(secret, request.params.token) !== undefined
      return reply
        .code(known ? 200 : 404)
        .type('text/html; charset=utf-8')
        .send(known ? ASK : UNKNOWN)
    },
  })
  app.route({
    method: 'POST',
    url: '/unsubscribe/:token',
    config: { scope: 'public' },
    schema: { params, hide: true },
    handler: async (request, reply) => {
      const token = readUnsubscribeToken(secret, request.params.token)
      const done = token ? await unsubscribe(db, { ...token, now: now() }) : false
      return reply
        .code(done ? 200 : 404)
        .type('text/html; charset=utf-8')
        .send(done ? DONE : UNKNOWN)
    },
  })
}

const ASK = page(
  'Unsubscribe',
  '<p>You will get no more marketing email from this shop.</p><form method="post"><button type="submit">Unsubscribe</button></form>',
)
const DONE = page('You are unsubscribed', '<p>You will get no more marketing email from this shop.</p>')
const UNKNOWN = page(
  'This link does not work',
  '<p>It may be cut off. Open it from the email once more, or write to the shop.</p>',
)

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${title}</title><style>
:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:15vh auto;padding:0 1.25rem}
button{font:inherit;padding:.6rem 1.2rem;border-radius:.5rem;border:0;background:#2f5bd7;color:#fff;cursor:pointer}
</style></head><body><main><h1>${title}</h1>${body}</main></body></html>`
}
