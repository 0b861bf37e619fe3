import { beginInstallationBody, beginInstallationReply } from '../../../contract/shopify.ts'
import { AppError } from '../../errors.ts'
import { connectShop } from '../../stores/shopify/connect/connect-shop.ts'
import { beginInstallation, finishInstallation } from '../../stores/shopify/connect/install.ts'
import { loginHeaders } from '../auth.ts'
import type { RouteDeps } from '../deps.ts'
import type { ApiApp } from '../route.ts'
import { goOn } from './shopify.ts'

/** Where Shopify sends a merchant back to. The app's settings in Shopify must name it. */
const CALLBACK = '/shopify/callback'

/** Installing an app that asks the merchant: away to Shopify, and back here. Both in one browser session. */
export function registerShopifyInstall(app: ApiApp, deps: RouteDeps): void {
  const { db, secret, login, now, addressOf, publicUrl } = deps
  app.route({
    method: 'POST',
    url: '/v1/stores/shopify/oauth',
    config: { scope: 'account:write' },
    schema: {
      summary: 'Begin to install an app in a Shopify shop; for people who are signed in',
      tags: ['stores'],
      body: beginInstallationBody,
      response: { 201: beginInstallationReply },
    },
    handler: async (request, reply) => {
      const { caller, body } = request
      const session =
        caller.role === null ? undefined : await login.findSession(loginHeaders(request), { refresh: false })
      if (!session) {
        throw new AppError(
          'forbidden',
          'Sign in to the dashboard to install an app: Shopify leads your browser back to it.',
        )
      }
      const begun = await beginInstallation(db, secret, {
        ...body,
        accountId: caller.accountId,
        actor: caller.actor,
        sessionId: session.sessionId,
        redirectUrl: new URL(CALLBACK, publicUrl).href,
        addressOf,
        now: now(),
      })
      return reply.code(201).header('cache-control', 'no-store').send(begun)
    },
  })
  app.route({
    method: 'GET',
    url: CALLBACK,
    config: { scope: 'public' },
    schema: { hide: true },
    handler: async (request, reply) => {
      reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer')
      const session = await login.findSession(loginHeaders(request), { refresh: false })
      if (!session) return reply.redirect('/stores/connect?failed=session', 303)
      try {
        const query = request.query as Record<string, unknown>
        const done = await finishInstallation(db, secret, {
          query,
          sessionId: session.sessionId,
          addressOf,
          now: now(),
        })
        const { store } = await connectShop(db, secret, done)
        await goOn(deps, { accountId: done.accountId, storeId: store.id })
        return await reply.redirect(`/stores/${store.id}?connected=yes`, 303)
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        request.log.warn({ err: error, reason: error.data.reason }, 'an installation in a Shopify shop failed')
        return await reply.redirect(`/stores/connect?failed=${String(error.data.reason ?? error.code)}`, 303)
      }
    },
  })
}
