import type { Readable } from 'node:stream'
import type { ApiApp } from './route.ts'

const MEGABYTE = 1024 * 1024

/** Largest JSON body of a request. */
export const BODY_LIMIT_BYTES = 2 * MEGABYTE

/** Routes that take more at once: 10,000 profiles by email are up to 3 MB. */
const LARGER_BODIES: Record<string, number> = { '/v1/assignments': 10 * MEGABYTE }

/**
 * What requests may hold: JSON, and CSV as a stream for the handler to read and limit. Nothing else; text/plain above all,
 * because a page of another site may send that without asking.
 */
export function acceptBodies(app: ApiApp): void {
  app.removeAllContentTypeParsers()
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body: string, done) => {
    if (body === '')
      done(null, undefined) // many clients announce JSON where there is none to send
    else void parseJson(request, body, done)
  })
  app.addContentTypeParser('text/csv', (_request, payload: Readable, done) => done(null, payload))
  app.addHook('onRoute', (route) => {
    const limit = LARGER_BODIES[route.url]
    if (limit !== undefined) route.bodyLimit = limit
  })
}
