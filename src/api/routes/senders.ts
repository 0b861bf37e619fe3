import { idParams, noContent } from '../../../contract/common.ts'
import {
  createSenderBody,
  sender,
  senderCheck,
  senders,
  testMail,
  testTextBody,
  updateSenderBody,
} from '../../../contract/senders.ts'
import { findPersonEmail } from '../../accounts/account.ts'
import { recordAudit } from '../../accounts/audit.ts'
import { AppError } from '../../errors.ts'
import {
  activateSender,
  createSender,
  deactivateSender,
  describeSender,
  listSenders,
  removeSender,
  updateSender,
} from '../../messages/senders/senders.ts'
import { sendTestMail, sendTestText, verifySender } from '../../messages/senders/test-sender.ts'
import { audited } from '../audited.ts'
import { limitUses } from '../limits.ts'
import type { ApiApp, ApiDeps, Caller } from '../route.ts'

const tags = ['senders']
/** Tests of senders that an account may make in a minute: each is a call to a server of somebody else. */
const TESTS_PER_MINUTE = 20

type Request = { caller: Caller; params: { id: string } }

export function registerSenderRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db, now, secret, publicUrl, allowsPrivateAddresses } = deps
  const facts = { secret, publicUrl, allowsPrivateAddresses }
  app.route({
    method: 'GET',
    url: '/v1/senders',
    config: { scope: 'account:read' },
    schema: { summary: 'The senders of the account; secrets are never shown', tags, response: { 200: senders } },
    handler: ({ caller: { accountId } }) =>
      listSenders(db, { accountId, fallback: deps.emailChannel, publicUrl, allowsPrivateAddresses, now: now() }),
  })
  app.route({
    method: 'POST',
    url: '/v1/senders',
    config: { scope: 'account:write', idempotent: true },
    schema: {
      summary: 'Add a sender; it sends nothing before it is activated',
      tags,
      body: createSenderBody,
      response: { 201: sender },
    },
    handler: async ({ body, caller }, reply) => {
      const made = await audited(
        deps,
        caller,
        (trx) => createSender(trx, { ...body, ...facts, accountId: caller.accountId, now: now() }),
        ({ id, name, provider }) => ({ action: 'sender.created', subject: `sender:${id}`, data: { name, provider } }),
      )
      return await reply.code(201).send(made)
    },
  })
  app.route({
    method: 'GET',
    url: '/v1/senders/:id',
    config: { scope: 'account:read' },
    schema: { summary: 'One sender', tags, params: idParams, response: { 200: sender } },
    handler: (request) => describeSender(db, inputOf(request)),
  })
  app.route({
    method: 'PATCH',
    url: '/v1/senders/:id',
    config: { scope: 'account:write' },
    schema: { summary: 'Change a sender', tags, params: idParams, body: updateSenderBody, response: { 200: sender } },
    handler: (request) =>
      audited(
        deps,
        request.caller,
        (trx) => updateSender(trx, { ...request.body, ...facts, ...inputOf(request) }),
        ({ id, name }) => ({
          action: 'sender.updated',
          subject: `sender:${id}`,
          data: { name, changed: Object.keys(request.body) },
        }),
      ),
  })
  registerRemoval(app, deps, inputOf)
  registerSwitches(app, deps, inputOf)
  registerTests(app, deps)

  function inputOf({ caller, params }: Request) {
    return { accountId: caller.accountId, senderId: params.id, publicUrl, now: now() }
  }
}

type InputOf = (request: Request) => { accountId: string; senderId: string; publicUrl: string; now: Date }

function registerRemoval(app: ApiApp, deps: ApiDeps, inputOf: InputOf): void {
  app.route({
    method: 'DELETE',
    url: '/v1/senders/:id',
    config: { scope: 'account:write' },
    schema: { summary: 'Remove a sender and its secrets', tags, params: idParams, response: { 204: noContent } },
    handler: async (request, reply) => {
      await audited(
        deps,
        request.caller,
        (trx) => removeSender(trx, inputOf(request)),
        ({ name }) => ({ action: 'sender.removed', subject: `sender:${request.params.id}`, data: { name } }),
      )
      return reply.code(204).send(null)
    },
  })
}

function registerSwitches(app: ApiApp, deps: ApiDeps, inputOf: InputOf): void {
  const moves = [
    { name: 'activate', deed: 'activated', run: activateSender, summary: 'Send through this sender from now on' },
    {
      name: 'deactivate',
      deed: 'deactivated',
      run: deactivateSender,
      summary: 'Go back to the sender of the installation',
    },
  ]
  for (const { name, deed, run, summary } of moves) {
    app.route({
      method: 'POST',
      url: `/v1/senders/:id/${name}`,
      config: { scope: 'account:write' },
      schema: { summary, tags, params: idParams, response: { 200: sender } },
      handler: (request) =>
        audited(
          deps,
          request.caller,
          (trx) => run(trx, inputOf(request)),
          (moved) => ({ action: `sender.${deed}`, subject: `sender:${moved.id}`, data: { name: moved.name } }),
        ),
    })
  }
}

function registerTests(app: ApiApp, deps: ApiDeps): void {
  const { db, now, senders } = deps
  const limit = limitUses(app, {
    max: TESTS_PER_MINUTE,
    what: 'tests of senders',
    by: (request) => request.caller.accountId,
  })
  app.route({
    method: 'POST',
    url: '/v1/senders/:id/verify',
    config: { scope: 'account:write' },
    preHandler: limit,
    schema: {
      summary: 'Ask the provider whether the settings are right',
      tags,
      params: idParams,
      response: { 200: senderCheck },
    },
    handler: ({ caller, params }) => verifySender(db, { accountId: caller.accountId, senderId: params.id, senders }),
  })
  app.route({
    method: 'POST',
    url: '/v1/senders/:id/test-mail',
    config: { scope: 'account:write' },
    preHandler: limit,
    schema: {
      summary: 'Send one mail to the person who is signed in, and tell what became of it',
      tags,
      params: idParams,
      response: { 200: testMail },
    },
    handler: async ({ caller, params }) => {
      const to = await findPersonEmail(db, { actor: caller.actor })
      if (to === undefined) {
        throw new AppError('forbidden', 'Ask for a test mail in the dashboard: it goes to the person who is signed in.')
      }
      return await sendTestMail(db, { accountId: caller.accountId, senderId: params.id, senders, to, now })
    },
  })
  app.route({
    method: 'POST',
    url: '/v1/senders/:id/test-text',
    config: { scope: 'account:write' },
    preHandler: limit,
    schema: {
      summary: 'Send one text message to a number, for a person who is signed in, and tell what became of it',
      tags,
      params: idParams,
      body: testTextBody,
      response: { 200: testMail },
    },
    handler: async ({ caller, params, body }) => {
      if ((await findPersonEmail(db, { actor: caller.actor })) === undefined) {
        throw new AppError('forbidden', 'Ask for a test text in the dashboard: somebody must be signed in for it.')
      }
      const { accountId, actor } = caller
      const told = await sendTestText(db, { accountId, senderId: params.id, senders, to: body.to, now })
      const entry = {
        action: 'sender.tested',
        subject: `sender:${params.id}`,
        data: { to: told.to, status: told.status },
      }
      await recordAudit(db, { ...entry, accountId, actor, now: now() })
      return told
    },
  })
}
