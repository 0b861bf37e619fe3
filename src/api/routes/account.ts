import { account, updateAccountBody } from '../../../contract/account.ts'
import { requireAccount, updateAccount } from '../../accounts/account.ts'
import { findCurrentSender } from '../../messages/senders/identity.ts'
import type { ServerDeps } from '../deps.ts'
import type { ApiApp } from '../route.ts'

export function registerAccount(app: ApiApp, deps: ServerDeps): void {
  const { db } = deps
  const emailChannel = async (accountId: string) =>
    (await findCurrentSender(db, { accountId, fallback: deps.emailChannel })).provider

  app.get(
    '/v1/account',
    {
      config: { scope: 'account:read' },
      schema: { summary: 'The account', tags: ['account'], response: { 200: account } },
    },
    async ({ caller: { accountId } }) => ({
      ...(await requireAccount(db, { accountId })),
      emailChannel: await emailChannel(accountId),
    }),
  )

  app.patch(
    '/v1/account',
    {
      config: { scope: 'account:write' },
      schema: {
        summary: 'Change the account; null empties a field',
        tags: ['account'],
        body: updateAccountBody,
        response: { 200: account },
      },
    },
    async ({ body, caller: { accountId, actor } }) => ({
      ...(await updateAccount(db, { ...body, accountId, actor, now: deps.now() })),
      emailChannel: await emailChannel(accountId),
    }),
  )
}
