import { existsSync } from 'node:fs'
import { join, sep } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'
import type { ApiApp } from './route.ts'

/** Paths that belong to programs: what is unknown below them is an error, not a page of the dashboard. */
const NOT_PAGES = /^\/(v1|api|auth|docs|health|ready|shopify)(\/|$|\?)/

const NOT_BUILT = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Onecode</title>
<h1>The dashboard has not been built</h1>
<p>Run <code>npm run build</code> and start Onecode again. The API works meanwhile: see <a href="/docs">its page</a>.</p>
</html>
`

/**
 * The dashboard: its files, and its first page for every address that a browser opens and no route knows.
 *
 * Files whose names carry a hash are kept by browsers for a year, everything else is asked for again.
 */
export async function serveDashboard(app: ApiApp, folder: string): Promise<void> {
  const isBuilt = existsSync(join(folder, 'index.html'))
  if (isBuilt) {
    await app.register(async (files) => {
      files.addHook('onRoute', (route) => {
        route.config = { ...route.config, scope: 'public', rateLimit: false }
      })
      await files.register(fastifyStatic, {
        root: folder,
        cacheControl: false,
        setHeaders: (reply, path) => {
          const isHashed = path.startsWith(join(folder, 'assets') + sep)
          reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
        },
      })
    })
  }
  app.setNotFoundHandler({ preHandler: app.rateLimit() }, (request, reply) => {
    if (!isPage(request)) throw new AppError('not_found', 'Check method and address: nothing answers here. See /docs.')
    if (isBuilt) return sendFirstPage(reply, folder)
    return reply.code(503).type('text/html; charset=utf-8').send(NOT_BUILT)
  })
}

function isPage(request: FastifyRequest): boolean {
  const wantsPage = request.headers.accept?.includes('text/html') === true
  return ['GET', 'HEAD'].includes(request.method) && wantsPage && !NOT_PAGES.test(request.url)
}

function sendFirstPage(reply: FastifyReply, folder: string): FastifyReply {
  return reply.code(200).header('cache-control', 'no-cache').sendFile('index.html', folder)
}
