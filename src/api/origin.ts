import type { FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'

/** Whether a page of this origin is ours: it has the public address, or the host that the browser asked. */
export function isOurOrigin(origin: string, host: string, publicUrl: string): boolean {
  const parsed = URL.canParse(origin) ? new URL(origin) : undefined
  if (!parsed) return false
  return parsed.origin === new URL(publicUrl).origin || parsed.host === host
}

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS']

/**
 * Refuses what a page of another site sends through a visitor's browser, whose cookies come along. Throws `wrong_origin`.
 *
 * Browsers say where a request comes from in Origin or Sec-Fetch-Site and let no page change them. `required`: a request
 * without both is refused too; right for every request that acts by its cookie.
 */
export function requireOurOrigin(request: FastifyRequest, publicUrl: string, required: boolean): void {
  if (SAFE_METHODS.includes(request.method)) return
  const { origin } = request.headers
  if (request.headers['sec-fetch-site'] === 'same-origin') return
  if (origin === undefined ? !required : isOurOrigin(origin, request.host, publicUrl)) return
  throw new AppError('wrong_origin', 'Send this from a page of this server, or use an API key.', {
    origin: origin ?? null,
  })
}
