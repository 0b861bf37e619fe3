import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { splitSecrets } from '../../lib/secret.ts'
import { findTarget, findWebView, type SentDeps } from '../../messages/find-sent.ts'
import { readShortToken } from '../../messages/sms/sms-text.ts'
import { createMailCache } from '../../messages/templates.ts'
import { noteHit } from '../../messages/tracking/count-hits.ts'
import { type LinkToken, type MessageIds, readLinkToken, readMessageToken } from '../../messages/tracking/token.ts'
import type { ApiApp, ApiDeps } from '../route.ts'
import { webPage } from '../web-view.ts'

const params = z.object({ token: z.string().max(200) })

/** A minute and address: the picture proxies of large mail programs ask for many people from few addresses. */
const PER_MINUTE = 60_000

const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')

/** What a page of foreign HTML may do: show text and pictures, and open links. No script, no form, no frame. */
const FOREIGN_HTML =
  "default-src 'none'; img-src http: https: data:; style-src 'unsafe-inline'; font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"

/**
 * Addresses that stand in mails, for whoever got one: the pixel, the links, and the mail as a page. Each is signed, so that nobody
 * makes one up; the targets of links are looked up and stand in no address of ours.
 */
export function registerSentMailRoutes(app: ApiApp, deps: ApiDeps): void {
  const sent: SentDeps = { publicUrl: deps.publicUrl, secret: deps.secret, mails: createMailCache() }
  registerPixel(app, deps)
  registerClick(app, deps, sent)
  registerWebView(app, deps, sent)
}

const config = { scope: 'public', rateLimit: { max: PER_MINUTE, timeWindow: 60_000 } } as const

function registerPixel(app: ApiApp, { db, now, secret }: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/o/:token',
    config: { ...config, quiet: true },
    schema: { params, hide: true },
    handler: async (request, reply) => {
      const ids = readMessageToken(splitSecrets(secret), 'open', request.params.token)
      if (ids) await noteQuietly(request, { db, now }, ids)
      return unseen(reply).header('cross-origin-resource-policy', 'cross-origin').type('image/gif').send(PIXEL)
    },
  })
}

function registerClick(app: ApiApp, { db, now, secret }: ApiDeps, sent: SentDeps): void {
  app.route({
    method: 'GET',
    url: '/c/:token',
    config,
    schema: { params, hide: true },
    handler: async (request, reply) => {
      const short = readShortToken(request.params.token)
      const token = short ? undefined : readLinkToken(splitSecrets(secret), request.params.token)
      const named = short ? { shortKey: short.key, link: short.link } : token
      const target = named && (await findTarget(db, sent, named))
      if (!named || target === undefined) return notFound(reply)
      const { accountId, messageId, url } = target
      await noteQuietly(request, { db, now }, { accountId, messageId, link: named.link, links: token?.links ?? 1 })
      return unseen(reply).redirect(new URL(url).href, 302)
    },
  })
}

function registerWebView(app: ApiApp, { db, now, secret }: ApiDeps, sent: SentDeps): void {
  app.route({
    method: 'GET',
    url: '/w/:token',
    config,
    schema: { params, hide: true },
    handler: async (request, reply) => {
      const ids = readMessageToken(splitSecrets(secret), 'view', request.params.token)
      const view = ids && (await findWebView(db, sent, ids))
      if (!view) return notFound(reply)
      return unseen(reply)
        .header('content-security-policy', FOREIGN_HTML)
        .type('text/html; charset=utf-8')
        .send(webPage(view, now()))
    },
  })
}

type Noted = {
  method: string
  headers: { 'user-agent'?: string | undefined }
  log: { warn: (data: object, text: string) => void }
}

/** Whoever clicked gets on, also where the click cannot be counted. */
async function noteQuietly(request: Noted, { db, now }: Pick<ApiDeps, 'db' | 'now'>, ids: MessageIds | LinkToken) {
  const caller = { method: request.method, userAgent: request.headers['user-agent'], now: now() }
  await noteHit(db, { ...ids, ...caller }).catch((err: unknown) =>
    request.log.warn({ err }, 'An open or click could not be counted'),
  )
}

/** Kept by no cache, found by no search engine, told to no other site. */
function unseen(reply: FastifyReply): FastifyReply {
  return reply
    .header('cache-control', 'private, no-store')
    .header('x-robots-tag', 'noindex, nofollow')
    .header('referrer-policy', 'no-referrer')
}

function notFound(reply: FastifyReply): FastifyReply {
  return unseen(reply).code(404).type('text/html; charset=utf-8').send(NOT_FOUND)
}

const NOT_FOUND = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>This link does not work</title><style>
:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:15vh auto;padding:0 1.25rem}
</style></head><body><main><h1>This link does not work</h1><p>It may be cut off. Open it from the message once more.</p></main></body></html>`
