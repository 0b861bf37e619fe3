import { sendingDomain } from '../../../contract/domains.ts'
import { checkSendingDomain, describeSendingDomain, makeDomainKey } from '../../messages/domains/domains.ts'
import { audited } from '../audited.ts'
import { limitUses } from '../limits.ts'
import type { ApiApp, ApiDeps } from '../route.ts'

const tags = ['senders']
/** Looks into the DNS that an account may ask for in a minute. */
const CHECKS_PER_MINUTE = 20

export function registerSendingDomainRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db, now, secret, dns, emailChannel: fallback } = deps
  const limit = limitUses(app, { max: CHECKS_PER_MINUTE, what: 'checks', by: (request) => request.caller.accountId })
  app.route({
    method: 'GET',
    url: '/v1/sending-domain',
    config: { scope: 'account:read' },
    schema: {
      summary: 'The domain that mails come from and the records that it needs',
      tags,
      response: { 200: sendingDomain },
    },
    handler: ({ caller: { accountId } }) => describeSendingDomain(db, { accountId, fallback }),
  })
  app.route({
    method: 'POST',
    url: '/v1/sending-domain/key',
    config: { scope: 'account:write' },
    preHandler: limit,
    schema: {
      summary: 'Make the key that signs mails of the domain; one that is there stays',
      tags,
      response: { 200: sendingDomain },
    },
    handler: ({ caller }) =>
      audited(
        deps,
        caller,
        (trx) => makeDomainKey(trx, { accountId: caller.accountId, fallback, secret, now: now() }),
        ({ domain }) => ({ action: 'sending_domain.key_made', subject: `sending_domain:${domain}`, data: { domain } }),
      ),
  })
  app.route({
    method: 'POST',
    url: '/v1/sending-domain/check',
    config: { scope: 'account:write' },
    preHandler: limit,
    schema: { summary: 'Look into the DNS now', tags, response: { 200: sendingDomain } },
    handler: ({ caller: { accountId } }) => checkSendingDomain(db, { accountId, fallback, dns, now: now() }),
  })
}
