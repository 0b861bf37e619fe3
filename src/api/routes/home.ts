import { home } from '../../../contract/account.ts'
import { reportHome } from '../../reports/home.ts'
import type { ApiApp, ApiDeps } from '../route.ts'

export function registerHomeRoutes(app: ApiApp, { db, now }: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/home',
    config: { scope: 'reports:read' },
    schema: {
      summary: 'What is there, what is low, and the next step to take',
      tags: ['home'],
      response: { 200: home },
    },
    handler: ({ caller: { accountId } }) => reportHome(db, { accountId, now: now() }),
  })
}
