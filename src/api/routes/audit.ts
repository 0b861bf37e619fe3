import { auditEntry, listAuditQuery } from '../../../contract/account.ts'
import { pageOf } from '../../../contract/common.ts'
import { listAudit } from '../../accounts/audit.ts'
import type { ServerDeps } from '../deps.ts'
import type { ApiApp } from '../route.ts'

export function registerAudit(app: ApiApp, deps: ServerDeps): void {
  app.get(
    '/v1/audit',
    {
      config: { scope: 'account:read' },
      schema: {
        summary: 'Who did what, newest first',
        tags: ['account'],
        querystring: listAuditQuery,
        response: { 200: pageOf(auditEntry) },
      },
    },
    ({ query, caller }) => listAudit(deps.db, { ...query, accountId: caller.accountId }),
  )
}
