import { betterAuth } from 'better-auth'
import { organization } from 'better-auth/plugins'
import { adminAc, memberAc, ownerAc } from 'better-auth/plugins/organization/access'
import type { Db } from '../db/database.ts'
import { newId } from '../lib/ids.ts'

/** Where the login answers. */
export const LOGIN_PATH = '/auth'

/** The header that tells the login who connects. The server sets it from the connection and drops what a client sent. */
export const ADDRESS_HEADER = 'x-onecode-address'

/** Passwords are at least this long. */
const MIN_PASSWORD_LENGTH = 10

/** What the login answers to. Its other endpoints stay shut until the product uses and tests them. */
const OPEN_PATHS = new Set(
  ['/sign-in/email', '/sign-out', '/change-password', '/revoke-other-sessions', '/organization/set-active'].map(
    (path) => LOGIN_PATH + path,
  ),
)

export type LoginOptions = {
  secret: string
  publicUrl: string
  /** Says whether a browser page of this origin is ours; the server knows the host it was asked for. */
  isOurOrigin: (origin: string, host: string) => boolean
  log: (level: 'debug' | 'info' | 'warn' | 'error', message: string, error?: Error) => void
}

export type SignedIn = {
  userId: string
  /** Names the session; no secret, the cookie holds another text. */
  sessionId: string
  email: string
  name: string
  /** The account that was chosen last; null before a choice. */
  activeAccountId: string | null
  /** Set-Cookie values that carry the session further. */
  cookies: string[]
}

/** People's sign-in: email and password, sessions as cookies. Nothing outside this file knows what does it. */
export type Login = {
  /** Answers an HTTP request below `LOGIN_PATH`; undefined for a path that is shut. */
  handle: (request: Request) => Promise<Response | undefined>
  /** Who a cookie belongs to; `refresh` lengthens the session when a day of it has passed. */
  findSession: (headers: Headers, options: { refresh: boolean }) => Promise<SignedIn | undefined>
  /** Opens a session; returns its Set-Cookie values. */
  signIn: (input: { email: string; password: string; headers: Headers }) => Promise<string[]>
}

/** Opens the login over our tables. The one place that keeps the database handle: better-auth wants it at the start. */
export function openLogin(db: Db, options: LoginOptions): Login {
  const auth = createAuth(db, options)
  return {
    handle: async (request) =>
      OPEN_PATHS.has(new URL(request.url).pathname) ? await auth.handler(request) : undefined,
    findSession: async (headers, { refresh }) => {
      const { response, headers: replied } = await auth.api.getSession({
        headers,
        query: { disableRefresh: !refresh },
        returnHeaders: true,
      })
      if (!response) return undefined
      const { user, session } = response
      const activeAccountId = session.activeOrganizationId ?? null
      return {
        userId: user.id,
        sessionId: session.id,
        email: user.email,
        name: user.name,
        activeAccountId,
        cookies: replied.getSetCookie(),
      }
    },
    signIn: async ({ email, password, headers }) => {
      const { headers: replied } = await auth.api.signInEmail({
        body: { email, password },
        headers,
        returnHeaders: true,
      })
      return replied.getSetCookie()
    },
  }
}

function createAuth(db: Db, options: LoginOptions) {
  return betterAuth({
    appName: 'Onecode',
    baseURL: options.publicUrl,
    basePath: LOGIN_PATH,
    secret: options.secret,
    database: { db, type: 'postgres' },
    trustedOrigins: (request) => {
      const origin = request?.headers.get('origin')
      const isOurs = origin && options.isOurOrigin(origin, request?.headers.get('host') ?? '')
      return isOurs ? [options.publicUrl, origin] : [options.publicUrl]
    },
    // The first owner is made by set-up, everybody else comes by invitation: nobody signs up by themselves.
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: MIN_PASSWORD_LENGTH,
      maxPasswordLength: 128,
    },
    user: { modelName: 'auth_users' },
    session: { modelName: 'auth_sessions' },
    account: { modelName: 'auth_credentials' },
    verification: { modelName: 'auth_verifications' },
    plugins: [organizations()],
    rateLimit: {
      enabled: true,
      customRules: { '/sign-in/email': { window: 60, max: 20 }, '/change-password': { window: 60, max: 10 } },
    },
    advanced: {
      cookiePrefix: 'onecode',
      useSecureCookies: options.publicUrl.startsWith('https:'),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax' },
      database: { generateId: () => newId() },
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
    },
    telemetry: { enabled: false },
    logger: {
      log: (level, message, ...details) =>
        options.log(
          level,
          message,
          details.find((one) => one instanceof Error),
        ),
    },
  })
}

/** An organisation is an account. Roles are ours; what they open is decided by `scopesOf`. */
function organizations() {
  return organization({
    allowUserToCreateOrganization: false,
    disableOrganizationDeletion: true,
    roles: { owner: ownerAc, admin: adminAc, marketer: memberAc, support: memberAc, viewer: memberAc },
    schema: {
      organization: { modelName: 'accounts' },
      member: { modelName: 'account_members', fields: { organizationId: 'account_id' } },
      invitation: { modelName: 'account_invitations', fields: { organizationId: 'account_id' } },
    },
  })
}
