import { z } from 'zod'
import {
  findCodesQuery,
  foundCode,
  replaceReply,
  resendBody,
  resendReply,
  revokeBody,
  revokeReply,
} from '../../../contract/codes.ts'
import { idParams } from '../../../contract/common.ts'
import { recordAudit } from '../../accounts/audit.ts'
import { replaceCode } from '../../codes/revoke/replace.ts'
import { type Revoked, revokeCode } from '../../codes/revoke/revoke.ts'
import { requireCoupon } from '../../coupons/find-coupon.ts'
import { inTransaction } from '../../db/transaction.ts'
import { newId } from '../../lib/ids.ts'
import { maskCode } from '../../lib/mask.ts'
import { resendMessage } from '../../messages/resend/resend-message.ts'
import { findCodes } from '../../reports/find-codes.ts'
import { audited } from '../audited.ts'
import type { ApiApp, ApiDeps } from '../route.ts'

const tags = ['codes']

/** What support does with one code. Who may give a code to a person may take it back. */
export function registerCodeByHandRoutes(app: ApiApp, deps: ApiDeps): void {
  registerFind(app, deps)
  registerRevoke(app, deps)
  registerReplace(app, deps)
  registerResend(app, deps)
}

function registerFind(app: ApiApp, { db, now }: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/codes',
    config: { scope: 'codes:read' },
    schema: {
      summary: 'Find a code by its text, in all stores',
      description:
        'Case and blanks do not matter. One result for each store that has such a code; none is an empty list.',
      tags,
      querystring: findCodesQuery,
      response: { 200: z.array(foundCode) },
    },
    handler: ({ caller: { accountId }, query }) => findCodes(db, { accountId, code: query.code, now: now() }),
  })
}

function registerRevoke(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/codes/:id/revoke',
    config: { scope: 'assignments:write', idempotent: true },
    schema: {
      summary: 'Take a code out of use, whether somebody has it or not',
      description:
        'Our checkout refuses it at once; a Shopify shop loses it by the sync of its store. Who had it gets another with their next message that shows the coupon.',
      tags,
      params: idParams,
      body: revokeBody,
      response: { 200: revokeReply },
    },
    handler: async ({ body, caller, params: { id } }) => {
      const { accountId } = caller
      const revoked = await audited(
        deps,
        caller,
        (trx) => revokeCode(trx, { accountId, codeId: id, reason: body.reason, now: deps.now() }),
        ({ couponId, couponName: coupon, profileId }) => ({
          action: 'code.revoked',
          subject: `code:${id}`,
          data: { coupon, couponId, profileId, reason: body.reason },
        }),
      )
      await wakeSync(deps, accountId, revoked)
      return toReply(id, revoked)
    },
  })
}

function registerReplace(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/codes/:id/replace',
    config: { scope: 'assignments:write', idempotent: true },
    schema: {
      summary: 'Take a code back from its person and give them a new one of the same coupon',
      description:
        'Both or neither: where the coupon has no code left, nothing changes. The new code follows the newest terms.',
      tags,
      params: idParams,
      body: revokeBody,
      response: { 200: replaceReply },
    },
    handler: async ({ body, caller, params: { id } }) => {
      const { accountId, scopes } = caller
      const replaced = await audited(
        deps,
        caller,
        (trx) => replaceCode(trx, { accountId, codeId: id, reason: body.reason, now: deps.now() }),
        ({ couponId, couponName: coupon, profileId, replacement }) => ({
          action: 'code.replaced',
          subject: `code:${id}`,
          data: { coupon, couponId, profileId, newCodeId: replacement.codeId, reason: body.reason },
        }),
      )
      await wakeSync(deps, accountId, replaced)
      const { codeId, code, expiresAt } = replaced.replacement
      const shown = scopes.has('codes:read') ? code : maskCode(code)
      return {
        ...toReply(id, replaced),
        replacement: { codeId, code: shown, expiresAt: expiresAt?.toISOString() ?? null },
      }
    },
  })
}

function registerResend(app: ApiApp, { db, now, emailChannel, wakeWorker }: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/codes/:id/resend',
    config: { scope: 'assignments:write', idempotent: true },
    schema: {
      summary: 'Send the message that told a person this code to them again',
      description:
        'To the address that they have now, if they still agree to get messages. Of a code that replaced another, it is the message of that one. At most 5 a day to one person.',
      tags,
      params: idParams,
      body: resendBody,
      response: { 202: resendReply },
    },
    handler: async (request, reply) => {
      const { accountId, actor } = request.caller
      const { id } = request.params
      const requestKey = `${actor} ${request.headers['idempotency-key'] ?? newId()}`
      const input = {
        accountId,
        codeId: id,
        medium: request.body.medium,
        requestKey,
        channel: emailChannel,
        now: now(),
      }
      const sent = await inTransaction(db, async (trx) => {
        const resent = await resendMessage(trx, input)
        if (!resent.isRepeat) {
          const { couponId, profileId, medium, id: messageId } = resent
          const data = { couponId, profileId, messageId, medium }
          await recordAudit(trx, { accountId, actor, action: 'code.resent', subject: `code:${id}`, data, now: now() })
        }
        return resent
      })
      await wakeWorker('send-tests', { accountId, id: sent.templateVersionId })
      return await reply.code(202).send({ messageId: sent.id, medium: sent.medium, to: sent.to })
    },
  })
}

function toReply(codeId: string, { couponId, profileId, isInShop }: Revoked) {
  return { codeId, couponId, profileId, shop: isInShop ? ('waiting' as const) : ('none' as const) }
}

/** The shop is to lose the code now, not at the worker's next look around. */
async function wakeSync(
  { db, wakeWorker }: ApiDeps,
  accountId: string,
  { couponId, isInShop }: Revoked,
): Promise<void> {
  if (!isInShop) return
  const { storeId } = await requireCoupon(db, { accountId, coupon: couponId })
  await wakeWorker('sync-store', { accountId, id: storeId })
}
