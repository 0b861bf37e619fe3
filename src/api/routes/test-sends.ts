import { idParams } from '../../../contract/common.ts'
import { testSendBody, testSendReply } from '../../../contract/messages.ts'
import { recordAudit } from '../../accounts/audit.ts'
import { inTransaction } from '../../db/transaction.ts'
import { newId } from '../../lib/ids.ts'
import { maskCode } from '../../lib/mask.ts'
import { requestTest } from '../../messages/test-sends/request-test.ts'
import type { ApiApp, ApiDeps } from '../route.ts'

/** Test messages to people of the team. */
export function registerTestSendRoutes(app: ApiApp, { db, now, emailChannel, wakeWorker }: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/templates/:id/test',
    config: { scope: 'messages:write', idempotent: true },
    schema: {
      summary: 'Send a test of the saved version to at most 5 addresses, with real codes marked as tests',
      params: idParams,
      body: testSendBody,
      response: { 202: testSendReply },
    },
    handler: async (request, reply) => {
      const { accountId, actor, scopes } = request.caller
      const requestKey = `${actor} ${request.headers['idempotency-key'] ?? newId()}`
      const input = { ...request.body, accountId, templateId: request.params.id, requestKey, now: now() }
      const { templateVersionId, messages, codes } = await inTransaction(db, async (trx) => {
        const requested = await requestTest(trx, { ...input, channel: emailChannel })
        if (!requested.isRepeat) {
          const data = { addresses: requested.messages.map(({ to }) => to), asProfile: request.body.profileId }
          const subject = `template:${request.params.id}`
          await recordAudit(trx, { accountId, actor, action: 'template.test_sent', subject, data, now: now() })
        }
        return requested
      })
      await wakeWorker('send-tests', { accountId, id: templateVersionId })
      return reply.code(202).send({
        messages,
        codes: codes.map(({ couponName, code, expiresAt }) => ({
          coupon: couponName,
          code: scopes.has('codes:read') ? code : maskCode(code),
          expiresAt: expiresAt?.toISOString() ?? null,
        })),
      })
    },
  })
}
