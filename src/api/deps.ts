import type { FastifyBaseLogger } from 'fastify'
import type { Login } from '../accounts/login.ts'
import type { CreateFirstStore } from '../accounts/setup.ts'
import type { ApiDeps } from './route.ts'

/** What the server needs of the composition root. */
export type ServerDeps = ApiDeps & {
  /** Made by `createLogger`: it masks what must not be logged. */
  logger: FastifyBaseLogger
  version: string
  /** Whether to believe X-Forwarded-For and -Host: only behind a proxy of one's own. */
  trustProxy: boolean
  /** Absolute path of the built dashboard. */
  dashboardDir: string
  /** True from the moment on that the process wants no more work: /ready then answers 503. */
  isDraining: () => boolean
  createFirstStore: CreateFirstStore
}

/** What the routes of people, accounts and keys need besides. */
export type RouteDeps = ServerDeps & { login: Login }
