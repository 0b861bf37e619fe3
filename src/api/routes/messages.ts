import { idParams, pageOf } from '../../../contract/common.ts'
import { listMessagesQuery, message, messageContent } from '../../../contract/messages.ts'
import { outboxFile, readOutboxMail } from '../../channels/email/outbox.ts'
import { readOutboxSms, smsOutboxFile } from '../../channels/sms/outbox.ts'
import { AppError } from '../../errors.ts'
import { reportMessage, reportMessages } from '../../reports/messages.ts'
import type { ApiApp, ApiDeps } from '../route.ts'

/** Whoever looks at a mail in the outbox does not open it as its recipient. */
const PIXEL = /<img src="[^"]{1,300}\/o\/[\w-]{65}"[^>]*>/g

export function registerMessageRoutes(app: ApiApp, { db, dataDir }: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/messages',
    config: { scope: 'messages:read' },
    schema: { querystring: listMessagesQuery, response: { 200: pageOf(message) } },
    handler: ({ caller, query }) =>
      reportMessages(db, { ...query, accountId: caller.accountId, showsCodes: caller.scopes.has('codes:read') }),
  })
  app.route({
    method: 'GET',
    url: '/v1/messages/:id',
    config: { scope: 'messages:read' },
    schema: { params: idParams, response: { 200: message } },
    handler: ({ caller, params }) =>
      reportMessage(db, {
        accountId: caller.accountId,
        messageId: params.id,
        showsCodes: caller.scopes.has('codes:read'),
      }),
  })
  app.route({
    method: 'GET',
    url: '/v1/messages/:id/content',
    // the mail shows its codes in full
    config: { scope: 'codes:read' },
    schema: { params: idParams, response: { 200: messageContent } },
    handler: async ({ caller, params }) => {
      const { accountId } = caller
      const found = await reportMessage(db, { accountId, messageId: params.id, showsCodes: false })
      const group = found.campaignId ?? 'single'
      const isSms = found.medium === 'sms'
      const file = isSms ? smsOutboxFile(accountId, group, found.id) : outboxFile(accountId, group, found.id)
      const mail =
        found.channel !== 'outbox'
          ? undefined
          : isSms
            ? await readText(dataDir, file)
            : await readOutboxMail(dataDir, file)
      if (!mail) {
        throw new AppError(
          'message_not_found',
          'The outbox has no mail of this message: it is not sent yet, or it went to a mail server.',
          {
            messageId: params.id,
          },
        )
      }
      return { ...mail, html: mail.html.replaceAll(PIXEL, ''), file }
    },
  })
}

async function readText(dataDir: string, file: string) {
  const sms = await readOutboxSms(dataDir, file)
  return sms && { subject: '', from: sms.from ?? '', to: sms.to, html: '', text: sms.body }
}
