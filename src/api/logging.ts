import type { ApiApp } from './route.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** True: answers are logged at debug level only; for routes that machines ask every few seconds. */
    quiet?: boolean
  }
}

/** One line a request: the route's pattern instead of the address, because addresses may hold codes. */
export function logRequests(app: ApiApp): void {
  app.addHook('onResponse', async (request, reply) => {
    const { url: route = 'none', config } = request.routeOptions
    const level = reply.statusCode >= 500 && !config.quiet ? 'error' : config.quiet ? 'debug' : 'info'
    const ms = Math.round(reply.elapsedTime * 10) / 10
    request.log[level]({ method: request.method, route, status: reply.statusCode, ms }, 'answered')
  })
}
