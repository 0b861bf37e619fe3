import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { CLAIM_DEAD_AFTER_MS, type Claim, claimKey, freeKey, renewClaim, storeReply } from '../accounts/idempotency.ts'
import { AppError } from '../errors.ts'
import { seal, unseal } from '../lib/seal.ts'
import type { ApiApp, ApiDeps } from './route.ts'

const HEADER = 'idempotency-key'
const RENEWED_EVERY_MS = CLAIM_DEAD_AFTER_MS / 3

/** What runs under a key: the claim, and the timer that keeps it alive. */
type Held = { claim: Promise<Claim | undefined>; timer: NodeJS.Timeout }

/**
 * Gives routes with `config.idempotent` their `Idempotency-Key`: a repeated request gets the first one's reply and runs
 * nothing. The key is claimed before the handler and answered after it; replies are stored sealed, for they may hold keys
 * and codes. 429 and 5xx free the key: those a client is meant to try again.
 */
export function addIdempotency(app: ApiApp, deps: ApiDeps): void {
  const held = new WeakMap<FastifyRequest, Held>()

  app.addHook('preHandler', async (request, reply) => {
    const { idempotent } = request.routeOptions.config
    const key = request.headers[HEADER]
    if (!idempotent || key === undefined) return
    const claim = await claimOrReplay(request, reply, requireKey(key), deps)
    if (claim) held.set(request, keepAlive(request, claim, deps))
  })

  app.addHook('onSend', async (request, reply, payload) => {
    const mine = held.get(request)
    if (!mine) return
    held.delete(request)
    clearInterval(mine.timer)
    const claim = await mine.claim
    if (!claim) return
    const httpStatus = reply.statusCode
    if (httpStatus >= 500 || httpStatus === 429) await freeKey(deps.db, { claim })
    else await storeReply(deps.db, { claim, httpStatus, reply: seal(deps.secret, textOf(payload)) })
  })
}

async function claimOrReplay(
  request: FastifyRequest,
  reply: FastifyReply,
  key: string,
  deps: ApiDeps,
): Promise<Claim | undefined> {
  const { accountId } = request.caller
  const result = await claimKey(deps.db, { accountId, key, requestHash: hashRequest(request), now: deps.now() })
  switch (result.status) {
    case 'claimed':
      return result.claim
    case 'answered': {
      const text = unseal(deps.secret, result.reply)
      reply.code(result.httpStatus).header('idempotent-replayed', 'true')
      if (text !== '') reply.type('application/json; charset=utf-8')
      await reply.send(text === '' ? null : text)
      return undefined
    }
    case 'reused':
      throw new AppError('idempotency_key_reused', 'Use a new Idempotency-Key: this one belongs to another request.')
    case 'in_use':
      throw new AppError(
        'idempotency_key_in_use',
        'Wait and repeat: the first request with this key is still at work.',
        {
          retryAfterSeconds: result.retryAfterSeconds,
        },
      )
  }
}

/** Shows signs of life for as long as the handler works, one after the other. */
function keepAlive(request: FastifyRequest, claim: Claim, deps: ApiDeps): Held {
  const state: Held = {
    claim: Promise.resolve(claim),
    timer: setInterval(() => {
      state.claim = state.claim.then(async (last) => {
        try {
          return last && (await renewClaim(deps.db, { claim: last, now: deps.now() }))
        } catch (err) {
          request.log.warn({ err }, 'An idempotency key could not be kept alive; the next try is in 20 s')
          return last
        }
      })
    }, RENEWED_EVERY_MS),
  }
  state.timer.unref()
  return state
}

function requireKey(key: string | string[]): string {
  if (typeof key === 'string' && /^[\x21-\x7e]{1,255}$/.test(key)) return key
  throw new AppError(
    'invalid_input',
    'Correct the header Idempotency-Key: 1 to 255 visible ASCII characters, no spaces.',
  )
}

/**
 * What makes two requests the same: who asks, method, address and the body after validation. The bytes of an uploaded
 * file are not part of it: they have not been read yet; its length stands for them.
 */
function hashRequest(request: FastifyRequest): string {
  const isStream = typeof (request.body as { pipe?: unknown } | null | undefined)?.pipe === 'function'
  const body = isStream ? `stream of ${request.headers['content-length']}` : (JSON.stringify(request.body) ?? '')
  const text = JSON.stringify([request.caller.actor, request.method, request.url, body])
  return createHash('sha256').update(text).digest('hex')
}

function textOf(payload: unknown): string {
  if (payload === null || payload === undefined) return ''
  if (typeof payload === 'string') return payload
  if (Buffer.isBuffer(payload)) return payload.toString('utf8')
  throw new Error('a route with config.idempotent replied with a stream: it cannot be kept for a repeat')
}
