import type { FastifyRequest } from 'fastify'
import { listMemberships } from '../accounts/account.ts'
import { findApiKey } from '../accounts/api-keys.ts'
import { ADDRESS_HEADER } from '../accounts/login.ts'
import { scopesOf } from '../accounts/roles.ts'
import { AppError } from '../errors.ts'
import type { RouteDeps } from './deps.ts'
import { limitFailures } from './limits.ts'
import { requireOurOrigin } from './origin.ts'
import type { ApiApp, ApiDeps, Caller } from './route.ts'

/** Names the account to act in, for a person who has several. */
const ACCOUNT_HEADER = 'x-onecode-account'

/** Wrong keys that one address may try in a minute. */
const WRONG_KEYS_PER_MINUTE = 60

/**
 * Finds out who calls, before anything else happens, for every route that is not public: by API key, else by the session
 * cookie. A route must name its scope; the server does not start otherwise.
 */
export function authenticateRoutes(app: ApiApp, deps: RouteDeps): void {
  const routes: { method: string; url: string; config?: { scope?: string } }[] = []
  app.addHook('onRoute', (route) => {
    routes.push(route as (typeof routes)[number])
  })
  app.addHook('onReady', async () => {
    const open = routes.filter((route) => !route.config?.scope).map((route) => `${route.method} ${route.url}`)
    if (open.length > 0) throw new Error(`These routes name no scope in their config: ${open.join(', ')}`)
  })

  const wrongKeys = limitFailures(app, {
    max: WRONG_KEYS_PER_MINUTE,
    what: 'wrong API keys',
    by: (request) => request.ip,
  })
  app.addHook('onRequest', async (request) => {
    const { scope } = request.routeOptions.config
    if (request.is404 || scope === 'public') return
    if (!scope) throw new Error('a route without a scope')
    const key = bearerOf(request)
    if (key !== undefined) await wrongKeys.check(request)
    const caller = key === undefined ? await callerOfSession(request, deps) : await callerOfKey(key, deps)
    if (!caller) {
      if (key !== undefined) await wrongKeys.count(request)
      throw key === undefined ? notSignedIn() : wrongKey()
    }
    if (!caller.scopes.has(scope)) {
      throw new AppError('missing_scope', 'Ask for a key or a role that may do this.', { scope })
    }
    request.caller = caller
  })
}

/** The headers of a request as the login reads them, with the address of the connection in place of a claimed one. */
export function loginHeaders(request: FastifyRequest): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  }
  headers.set(ADDRESS_HEADER, request.ip)
  return headers
}

function bearerOf(request: FastifyRequest): string | undefined {
  const { authorization } = request.headers
  if (authorization === undefined) return undefined
  return /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? ''
}

async function callerOfKey(key: string, deps: ApiDeps): Promise<Caller | undefined> {
  const known = await findApiKey(deps.db, { key, now: deps.now() })
  return known && { accountId: known.accountId, actor: `key:${known.id}`, scopes: known.scopes, role: null }
}

async function callerOfSession(request: FastifyRequest, deps: RouteDeps): Promise<Caller | undefined> {
  if (request.headers.cookie === undefined) return undefined
  requireOurOrigin(request, deps.publicUrl, true)
  const session = await deps.login.findSession(loginHeaders(request), { refresh: false })
  if (!session) return undefined
  const memberships = await listMemberships(deps.db, { userId: session.userId })
  const chosen = chooseAccount(memberships, wantedAccount(request), session.activeAccountId)
  if (!chosen) throw new AppError('forbidden', 'Ask an owner or admin of the account to invite you.')
  return { accountId: chosen.id, actor: `user:${session.userId}`, scopes: scopesOf(chosen.role), role: chosen.role }
}

/** The account that a person asks to act in; undefined when they leave it open. */
export function wantedAccount(request: FastifyRequest): string | undefined {
  const wanted = request.headers[ACCOUNT_HEADER]
  return typeof wanted === 'string' ? wanted : undefined
}

/** The account asked for and no other; without one asked for, the one chosen last, else the one joined first. */
export function chooseAccount<Membership extends { id: string }>(
  memberships: readonly Membership[],
  wanted: string | undefined,
  active: string | null,
): Membership | undefined {
  if (wanted !== undefined) return memberships.find((one) => one.id === wanted)
  return memberships.find((one) => one.id === active) ?? memberships[0]
}

function notSignedIn(): AppError {
  return new AppError('not_signed_in', 'Sign in, or send an API key in the header Authorization: Bearer oc_….')
}

function wrongKey(): AppError {
  return new AppError('invalid_api_key', 'Check the API key: it is unknown or was revoked.')
}
