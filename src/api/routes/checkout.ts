import type { FastifyRequest } from 'fastify'
import {
  type CheckoutReply,
  cart,
  checkoutReply,
  redeemBody,
  reserveBody,
  rollbackBody,
  rollbackReply,
} from '../../../contract/codes.ts'
import { createRedeemQueue } from '../../redemptions/redeem-queue.ts'
import { reserveCode } from '../../redemptions/reserve.ts'
import { rollbackCode } from '../../redemptions/rollback.ts'
import { validateCode } from '../../redemptions/validate.ts'
import type { ApiApp, ApiDeps } from '../route.ts'

/** Stops who tries many codes: `check` refuses a caller that guessed too often, `count` notes a guess. */
export type GuessLimit = {
  check: (request: FastifyRequest) => Promise<void>
  count: (request: FastifyRequest) => Promise<void>
}

export function registerCheckoutRoutes(app: ApiApp, deps: ApiDeps, guesses?: GuessLimit): void {
  const { db, now } = deps
  const redeem = createRedeemQueue(db)
  const preHandler = async (request: FastifyRequest): Promise<void> => await guesses?.check(request)
  /** Only a code that does not exist is a guess; a real one that cannot be used now is a shopper's bad luck. */
  const answer = async (request: FastifyRequest, reply: CheckoutReply): Promise<CheckoutReply> => {
    if (reply.reason === 'unknown_code') await guesses?.count(request)
    return reply
  }

  app.route({
    method: 'POST',
    url: '/v1/checkout/validate',
    config: { scope: 'checkout' },
    schema: {
      summary: 'What a code takes off a cart; changes nothing',
      tags: ['checkout'],
      body: cart,
      response: { 200: checkoutReply },
    },
    preHandler,
    handler: async (request) => {
      const { accountId } = request.caller
      return await answer(request, await validateCode(db, { ...request.body, accountId, now: now() }))
    },
  })
  app.route({
    method: 'POST',
    url: '/v1/checkout/reserve',
    config: { scope: 'checkout', idempotent: true },
    schema: {
      summary: 'Keep a code for an order for a time',
      tags: ['checkout'],
      body: reserveBody,
      response: { 200: checkoutReply },
    },
    preHandler,
    handler: async (request) => {
      const { accountId } = request.caller
      return await answer(request, await reserveCode(db, { ...request.body, accountId, now: now() }))
    },
  })
  app.route({
    method: 'POST',
    url: '/v1/checkout/redeem',
    config: { scope: 'checkout', idempotent: true },
    schema: {
      summary: 'Use a code for an order, once',
      tags: ['checkout'],
      body: redeemBody,
      response: { 200: checkoutReply },
    },
    preHandler,
    handler: async (request) => {
      const { accountId } = request.caller
      return await answer(request, await redeem({ ...request.body, accountId, now: now() }))
    },
  })
  app.route({
    method: 'POST',
    url: '/v1/checkout/rollback',
    config: { scope: 'checkout', idempotent: true },
    schema: {
      summary: "Undo an order's redemption or reservation of a code",
      tags: ['checkout'],
      body: rollbackBody,
      response: { 200: rollbackReply },
    },
    preHandler,
    handler: ({ body, caller }) => rollbackCode(db, { ...body, accountId: caller.accountId, now: now() }),
  })
}
