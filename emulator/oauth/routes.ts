import type { FastifyInstance, FastifyReply } from 'fastify'
import { html, page } from '../pages/html.ts'
import { randomHex } from '../random.ts'
import type { AccessToken } from '../shop/app.ts'
import type { Shop } from '../shop/shop.ts'
import { CLIENT_CREDENTIALS_SECONDS, EXPIRING_SECONDS, issueToken, REFRESH_SECONDS, signParameters } from './token.ts'

/** Time in which an authorization code must be exchanged. */
const GRANT_MS = 60_000

type Fields = Record<string, string>

/** The consent page, its answer, and the exchange of codes, client credentials and refresh tokens for access tokens. */
export function registerOauth(server: FastifyInstance, shop: Shop): void {
  server.get('/admin/oauth/authorize', (request, reply) => showConsent(shop, request.query as Fields, reply))
  server.post('/admin/oauth/authorize', (request, reply) => grantAccess(shop, request.body as Fields, reply))
  server.post('/admin/oauth/access_token', (request, reply) => exchange(shop, (request.body ?? {}) as Fields, reply))
}

function findFault(shop: Shop, fields: Fields): string | undefined {
  if (fields.client_id !== shop.app.clientId)
    return 'Oauth error invalid_request: Could not find Shopify API application with api_key'
  if (!fields.redirect_uri || !URL.canParse(fields.redirect_uri))
    return 'Oauth error invalid_request: The redirect_uri is not whitelisted'
  return undefined
}

function readScopes(shop: Shop, text: string | undefined): string[] {
  const asked = (text ?? '').split(/[\s,]+/).filter(Boolean)
  return asked.length > 0 ? asked : [...shop.app.scopes]
}

function showConsent(shop: Shop, fields: Fields, reply: FastifyReply): FastifyReply {
  const fault = findFault(shop, fields)
  if (fault)
    return reply
      .code(400)
      .type('text/html')
      .send(page({ title: 'Install app', area: 'admin' }, html`<p class="notice bad">${fault}</p>`))
  const scopes = readScopes(shop, fields.scope)
  const body = html`<h1>Install ${shop.app.title}</h1>
<p>${shop.app.title} asks for access to <strong>${shop.name}</strong> (${shop.domain}):</p>
<ul>${scopes.map((scope) => html`<li><code>${scope}</code></li>`)}</ul>
<form method="post" action="/admin/oauth/authorize">
${['client_id', 'redirect_uri', 'state', 'scope'].map((name) => html`<input type="hidden" name="${name}" value="${fields[name] ?? ''}">`)}
<p class="actions"><button name="answer" value="install">Install app</button> <button class="quiet" name="answer" value="cancel">Cancel</button></p>
</form>`
  return reply.type('text/html').send(page({ title: 'Install app', area: 'admin' }, body))
}

function grantAccess(shop: Shop, fields: Fields, reply: FastifyReply): FastifyReply {
  const fault = findFault(shop, fields)
  if (fault) return reply.code(400).send({ error: 'invalid_request', error_description: fault })
  if (fields.answer === 'cancel') return reply.redirect('/admin', 303)
  const code = randomHex(shop.random, 32)
  shop.app.grants.set(code, { code, scopes: readScopes(shop, fields.scope), expiresAt: shop.clock.now() + GRANT_MS })
  const parameters: Fields = {
    code,
    host: Buffer.from(`${shop.domain}/admin`).toString('base64').replace(/=+$/, ''),
    shop: shop.domain,
    state: fields.state ?? '',
    timestamp: String(Math.floor(shop.clock.now() / 1000)),
  }
  const target = new URL(fields.redirect_uri ?? '')
  for (const [key, value] of Object.entries(parameters)) target.searchParams.set(key, value)
  target.searchParams.set('hmac', signParameters(parameters, shop.app.clientSecret))
  return reply.redirect(target.href, 303)
}

function exchange(shop: Shop, fields: Fields, reply: FastifyReply): FastifyReply {
  if (fields.client_id !== shop.app.clientId || fields.client_secret !== shop.app.clientSecret) {
    return reply.code(400).send({ error: 'invalid_client', error_description: 'Client authentication failed' })
  }
  if (fields.grant_type === 'client_credentials') {
    return sendToken(shop, issueToken(shop, shop.app.scopes, CLIENT_CREDENTIALS_SECONDS, false), reply)
  }
  if (fields.grant_type === 'refresh_token') return refresh(shop, fields, reply)
  const grant = shop.app.grants.get(fields.code ?? '')
  shop.app.grants.delete(fields.code ?? '')
  if (!grant || grant.expiresAt < shop.clock.now()) {
    const description = 'The authorization code was not found or was already used'
    return reply.code(400).send({ error: 'invalid_request', error_description: description })
  }
  const expires = String(fields.expiring ?? '') === '1'
  return sendToken(shop, issueToken(shop, grant.scopes, expires ? EXPIRING_SECONDS : null, expires), reply)
}

/** A refresh token works once: it goes with the token that it belonged to. */
function refresh(shop: Shop, fields: Fields, reply: FastifyReply): FastifyReply {
  const old = [...shop.app.tokens.values()].find(
    (token) => token.refreshToken !== null && token.refreshToken === fields.refresh_token,
  )
  if (!old || (old.refreshExpiresAt ?? 0) < shop.clock.now()) {
    return reply
      .code(400)
      .send({ error: 'invalid_grant', error_description: 'The refresh token is unknown or has expired' })
  }
  shop.app.tokens.delete(old.token)
  return sendToken(shop, issueToken(shop, old.scopes, EXPIRING_SECONDS, true), reply)
}

function sendToken(shop: Shop, token: AccessToken, reply: FastifyReply): FastifyReply {
  return reply.send({
    access_token: token.token,
    scope: token.scopes.join(','),
    ...(token.expiresAt === null ? {} : { expires_in: Math.floor((token.expiresAt - shop.clock.now()) / 1000) }),
    ...(token.refreshToken ? { refresh_token: token.refreshToken, refresh_token_expires_in: REFRESH_SECONDS } : {}),
  })
}
