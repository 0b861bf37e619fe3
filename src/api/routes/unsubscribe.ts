import { z } from 'zod'
import { readUnsubscribeToken } from '../../messages/links.ts'
import { unsubscribe } from '../../profiles/unsubscribe.ts'
import { plainPage } from '../plain-page.ts'
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

const ASK = plainPage(
  'Unsubscribe',
  '<p>You will get no more marketing email from this shop.</p><form method="post"><button type="submit">Unsubscribe</button></form>',
)
const DONE = plainPage('You are unsubscribed', '<p>You will get no more marketing email from this shop.</p>')
const UNKNOWN = plainPage(
  'This link does not work',
  '<p>It may be cut off. Open it from the email once more, or write to the shop.</p>',
)
