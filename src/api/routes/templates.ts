import { idParams, noContent, pageOf, pageQuery } from '../../../contract/common.ts'
import {
  createTemplateBody,
  previewBody,
  previewReply,
  template,
  templateSummary,
  updateTemplateBody,
} from '../../../contract/messages.ts'
import { recordAudit } from '../../accounts/audit.ts'
import { previewMail } from '../../messages/preview.ts'
import {
  archiveTemplate,
  createTemplate,
  describeTemplate,
  listTemplates,
  updateTemplate,
} from '../../messages/templates.ts'
import type { ApiApp, ApiDeps } from '../route.ts'

export function registerTemplateRoutes(app: ApiApp, { db, now, publicUrl }: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/templates',
    config: { scope: 'messages:read' },
    schema: { querystring: pageQuery, response: { 200: pageOf(templateSummary) } },
    handler: (request) => listTemplates(db, { accountId: request.caller.accountId, ...request.query }),
  })
  app.route({
    method: 'POST',
    url: '/v1/templates',
    config: { scope: 'messages:write', idempotent: true },
    schema: { body: createTemplateBody, response: { 201: template } },
    handler: async (request, reply) => {
      const { accountId, actor } = request.caller
      const made = await createTemplate(db, { ...request.body, accountId, now: now() })
      await recordAudit(db, {
        accountId,
        actor,
        action: 'template.created',
        subject: `template:${made.id}`,
        data: { name: made.name },
        now: now(),
      })
      return reply.code(201).send(made)
    },
  })
  app.route({
    method: 'POST',
    url: '/v1/templates/preview',
    config: { scope: 'messages:read' },
    schema: { body: previewBody, response: { 200: previewReply } },
    handler: (request) =>
      previewMail(db, { ...request.body, accountId: request.caller.accountId, publicUrl, now: now() }),
  })
  registerOneTemplate(app, { db, now })
}

function registerOneTemplate(app: ApiApp, { db, now }: Pick<ApiDeps, 'db' | 'now'>): void {
  app.route({
    method: 'GET',
    url: '/v1/templates/:id',
    config: { scope: 'messages:read' },
    schema: { params: idParams, response: { 200: template } },
    handler: (request) => describeTemplate(db, { accountId: request.caller.accountId, templateId: request.params.id }),
  })
  app.route({
    method: 'PATCH',
    url: '/v1/templates/:id',
    config: { scope: 'messages:write' },
    schema: { params: idParams, body: updateTemplateBody, response: { 200: template } },
    handler: (request) =>
      updateTemplate(db, {
        ...request.body,
        accountId: request.caller.accountId,
        templateId: request.params.id,
        now: now(),
      }),
  })
  app.route({
    method: 'DELETE',
    url: '/v1/templates/:id',
    config: { scope: 'messages:write' },
    schema: { params: idParams, response: { 204: noContent } },
    handler: async (request, reply) => {
      const { accountId, actor } = request.caller
      await archiveTemplate(db, { accountId, templateId: request.params.id, now: now() })
      await recordAudit(db, {
        accountId,
        actor,
        action: 'template.archived',
        subject: `template:${request.params.id}`,
        data: {},
        now: now(),
      })
      return reply.code(204).send(null)
    },
  })
}
