import { z } from 'zod'
import { NOBODY, readUnsubscribeToken } from '../../messages/links.ts'
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
      const token = readUnsubscribeToken(secret, request.params.token)
      return reply
        .code(token ? 200 : 404)
        .type('text/html; charset=utf-8')
        .send(token ? (token.profileId === NOBODY ? ASK_TESTER : ASK) : UNKNOWN)
    },
  })
  app.route({
    method: 'POST',
    url: '/unsubscribe/:token',
    config: { scope: 'public' },
    schema: { params, hide: true },
    handler: async (request, reply) => {
      const token = readUnsubscribeToken(secret, request.params.token)
      const isTest = token?.profileId === NOBODY
      const done = token && !isTest ? await unsubscribe(db, { ...token, now: now() }) : isTest
      return reply
        .code(done ? 200 : 404)
        .type('text/html; charset=utf-8')
        .send(done ? (isTest ? DONE_TESTER : DONE) : UNKNOWN)
    },
  })
}

const PROMISE = '<p>You will get no more marketing email from this shop.</p>'
const QUESTION = `${PROMISE}<form method="post"><button type="submit">Unsubscribe</button></form>`
const ASK = plainPage('Unsubscribe', QUESTION)
const DONE = plainPage('You are unsubscribed', PROMISE)
/** The same as a tester sees it. */
const TEST = '<p class="done" role="note">You came here from a test: this is what a recipient sees, and'
const ASK_TESTER = plainPage('Unsubscribe', `${TEST} the button changes nothing.</p>${QUESTION}`)
const DONE_TESTER = plainPage('You are unsubscribed', `${TEST} nothing was changed.</p>${PROMISE}`)
const UNKNOWN = plainPage(
  'This link does not work',
  '<p>It may be cut off. Open it from the email once more, or write to the shop.</p>',
)
