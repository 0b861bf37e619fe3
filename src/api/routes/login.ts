import type { FastifyRequest } from 'fastify'
import { LOGIN_PATH } from '../../accounts/login.ts'
import { AppError } from '../../errors.ts'
import { loginHeaders } from '../auth.ts'
import type { RouteDeps } from '../deps.ts'
import { requireOurOrigin } from '../origin.ts'
import type { ApiApp } from '../route.ts'

/** Sign-in, sign-out and sessions: hands requests to the login and brings its errors into our shape. */
export function registerLogin(app: ApiApp, deps: RouteDeps): void {
  app.route({
    method: ['GET', 'POST'],
    url: `${LOGIN_PATH}/*`,
    config: { scope: 'public' },
    schema: { hide: true },
    handler: async (request, reply) => {
      requireOurOrigin(request, deps.publicUrl, request.headers.cookie !== undefined)
      const response = await deps.login.handle(toWebRequest(request, deps.publicUrl))
      if (!response) throw new AppError('not_found', 'Check the address: nothing answers here.')
      if (!response.ok) throw await toAppError(response)
      for (const value of response.headers.getSetCookie()) reply.header('set-cookie', value)
      return await reply
        .code(response.status)
        .header('cache-control', 'no-store')
        .type('application/json; charset=utf-8')
        .send(await response.text())
    },
  })
}

function toWebRequest(request: FastifyRequest, publicUrl: string): Request {
  const headers = loginHeaders(request)
  headers.delete('content-length')
  const body = request.method === 'POST' ? JSON.stringify(request.body ?? {}) : null
  if (body !== null) headers.set('content-type', 'application/json')
  return new Request(new URL(request.url, publicUrl), { method: request.method, headers, body })
}

async function toAppError(response: Response): Promise<AppError> {
  const retryAfterSeconds = Number(response.headers.get('x-retry-after') ?? 60)
  const { message = 'The request was refused.', code } = await readReply(response)
  if (response.status === 429) {
    return new AppError('too_many_requests', `Wait ${retryAfterSeconds} s before the next try.`, { retryAfterSeconds })
  }
  if (code === 'INVALID_EMAIL_OR_PASSWORD' || code === 'INVALID_PASSWORD') {
    return new AppError('wrong_password', 'Check email and password: together they are unknown.')
  }
  if (response.status === 401) return new AppError('not_signed_in', 'Sign in first.')
  if (response.status === 403) return new AppError('forbidden', message)
  if (response.status < 500) return new AppError('invalid_input', message)
  return new AppError('internal', message)
}

async function readReply(response: Response): Promise<{ message?: string; code?: string }> {
  try {
    return (await response.json()) as { message?: string; code?: string }
  } catch {
    return {} // the login answers some refusals without a body
  }
}
