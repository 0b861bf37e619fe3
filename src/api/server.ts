import { randomUUID } from 'node:crypto'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import Fastify, { LogController } from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { LOGIN_PATH, type Login, openLogin } from '../accounts/login.ts'
import { splitSecrets } from '../lib/secret.ts'
import { authenticateRoutes } from './auth.ts'
import { acceptBodies, BODY_LIMIT_BYTES } from './bodies.ts'
import type { RouteDeps, ServerDeps } from './deps.ts'
import { answerError } from './errors.ts'
import { addIdempotency } from './idempotency.ts'
import { limitRequests } from './limits.ts'
import { logRequests } from './logging.ts'
import { describeApi } from './openapi.ts'
import { isOurOrigin } from './origin.ts'
import type { ApiApp } from './route.ts'
import { registerAccount } from './routes/account.ts'
import { registerApiKeys } from './routes/api-keys.ts'
import { registerAudit } from './routes/audit.ts'
import { registerHealth } from './routes/health.ts'
import { registerLogin } from './routes/login.ts'
import { registerSession } from './routes/session.ts'
import { registerShopifyInstall } from './routes/shopify-install.ts'
import { serveDashboard } from './static.ts'

/**
 * The HTTP server with everything that routes stand on; `register` adds the routes of the other rooms. Ready to listen.
 *
 * Throws when a route names no scope.
 */
export async function buildServer(deps: ServerDeps, register: (app: ApiApp) => void): Promise<ApiApp> {
  const app: ApiApp = Fastify({
    loggerInstance: deps.logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    trustProxy: deps.trustProxy,
    bodyLimit: BODY_LIMIT_BYTES,
    frameworkErrors: (error, request, reply) => {
      answerError(error, request, reply)
    },
  }).withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validatorCompiler).setSerializerCompiler(serializerCompiler)
  app.setErrorHandler(answerError)
  app.decorateRequest('caller')
  logRequests(app)
  acceptBodies(app)
  await protect(app, deps.publicUrl)
  await app.register(cookie)
  await limitRequests(app)

  const login = openLoginOf(deps)
  authenticateRoutes(app, { ...deps, login })
  addIdempotency(app, deps)
  await describeApi(app, deps.version)
  const routeDeps: RouteDeps = { ...deps, login }
  for (const room of [
    registerHealth,
    registerLogin,
    registerSession,
    registerAccount,
    registerApiKeys,
    registerAudit,
    registerShopifyInstall,
  ]) {
    room(app, routeDeps)
  }
  register(app)
  await serveDashboard(app, deps.dashboardDir)
  await app.ready()
  return app
}

function openLoginOf(deps: ServerDeps): Login {
  return openLogin(deps.db, {
    secret: splitSecrets(deps.secret)[0],
    publicUrl: deps.publicUrl,
    isOurOrigin: (origin, host) => isOurOrigin(origin, host, deps.publicUrl),
    log: (level, message, err) =>
      deps.logger[level]({ part: LOGIN_PATH, err }, message.replace('BETTER_AUTH_SECRET', 'ONECODE_SECRET')),
  })
}

/** Headers that make browsers careful. Pages load from here only; pictures in previews of mail may come from elsewhere. */
async function protect(app: ApiApp, publicUrl: string): Promise<void> {
  const isHttps = publicUrl.startsWith('https:')
  await app.register(helmet, {
    strictTransportSecurity: isHttps,
    crossOriginEmbedderPolicy: false,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'self'"],
        'base-uri': ["'none'"],
        'connect-src': ["'self'"],
        'font-src': ["'self'", 'data:'],
        'form-action': ["'self'"],
        'frame-ancestors': ["'self'"],
        'img-src': ["'self'", 'data:', 'https:'],
        'object-src': ["'none'"],
        'script-src': ["'self'"],
        'script-src-attr': ["'none'"],
        'style-src': ["'self'", "'unsafe-inline'"], // the dashboard's components write style elements
      },
    },
  })
}
