import { session, setupBody, setupReply } from '../../../contract/account.ts'
import { listMemberships } from '../../accounts/account.ts'
import { needsSetup, setUp } from '../../accounts/setup.ts'
import { chooseAccount, loginHeaders, wantedAccount } from '../auth.ts'
import type { RouteDeps } from '../deps.ts'
import { requireOurOrigin } from '../origin.ts'
import type { ApiApp } from '../route.ts'

/** The first owner, and who is signed in. */
export function registerSession(app: ApiApp, deps: RouteDeps): void {
  app.post(
    '/v1/setup',
    {
      config: { scope: 'public' },
      schema: {
        summary: 'Make the first owner and sign them in',
        tags: ['account'],
        body: setupBody,
        response: { 201: setupReply },
      },
    },
    async (request, reply) => {
      requireOurOrigin(request, deps.publicUrl, false)
      const { accountId, storeId, apiKey } = await setUp(
        deps.db,
        { ...request.body, now: deps.now() },
        deps.createFirstStore,
      )
      const { email, password } = request.body
      const cookies = await deps.login.signIn({ email, password, headers: loginHeaders(request) })
      for (const value of cookies) reply.header('set-cookie', value)
      return await reply.code(201).header('cache-control', 'no-store').send({ accountId, storeId, apiKey })
    },
  )

  app.get(
    '/v1/session',
    {
      config: { scope: 'public' },
      schema: { summary: 'Who is signed in, and to which account', tags: ['account'], response: { 200: session } },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const signedIn = await deps.login.findSession(loginHeaders(request), { refresh: true })
      if (!signedIn) {
        const setup = await needsSetup(deps.db)
        return { needsSetup: setup, user: null, account: null, accounts: [], version: deps.version }
      }
      for (const value of signedIn.cookies) reply.header('set-cookie', value)
      const accounts = await listMemberships(deps.db, { userId: signedIn.userId })
      const account = chooseAccount(accounts, wantedAccount(request), signedIn.activeAccountId) ?? null
      const user = { id: signedIn.userId, email: signedIn.email, name: signedIn.name }
      return { needsSetup: false, user, account, accounts, version: deps.version }
    },
  )
}
