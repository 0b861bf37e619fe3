import rateLimit from '@fastify/rate-limit'
import type { FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'
import type { ApiApp } from './route.ts'

const MINUTE_MS = 60_000

/** Requests a minute. They stop a program that runs wild, not work: a key may do 5,000 a second. */
const PER_KEY = 300_000
const PER_PERSON = 3_000
const PER_ADDRESS = 600

/** Refused codes a minute of one caller from one address. */
const GUESSES_PER_MINUTE = 60

/** Limits how often each key, person or unknown address may ask this process. Runs after the caller is known. */
export async function limitRequests(app: ApiApp): Promise<void> {
  await app.register(rateLimit, {
    timeWindow: MINUTE_MS,
    keyGenerator: (request) => request.caller?.actor ?? request.ip,
    max: (request) => (request.caller ? (request.caller.role === null ? PER_KEY : PER_PERSON) : PER_ADDRESS),
    errorResponseBuilder: (_request, { ttl, max }) => tooMany(`at most ${max} requests a minute`, ttl),
  })
}

export type FailureLimit = {
  /** Refuses a request whose maker failed too often. Throws `too_many_requests`. Usable as a `preHandler`. */
  check: (request: FastifyRequest) => Promise<void>
  /** Notes a failure. */
  count: (request: FastifyRequest) => Promise<void>
}

type FailureLimitOptions = { max: number; what: string; by: (request: FastifyRequest) => string }

/** Counts failures, not requests: who guesses is stopped after `max` a minute, who is right never. Needs `limitRequests`. */
export function limitFailures(app: ApiApp, { max, what, by }: FailureLimitOptions): FailureLimit {
  const limiter = app.createRateLimit({
    max,
    timeWindow: MINUTE_MS,
    keyGenerator: (request) => `${what} ${by(request)}`,
  })
  return {
    check: async (request) => {
      const seen = await limiter(request, { increment: false })
      if (!seen.isAllowed && seen.remaining === 0) throw tooMany(`at most ${max} ${what} a minute`, seen.ttl)
    },
    count: async (request) => {
      await limiter(request)
    },
  }
}

/** Refuses more than `max` uses a minute. Throws `too_many_requests`. Usable as a `preHandler`. Needs `limitRequests`. */
export function limitUses(app: ApiApp, options: FailureLimitOptions): (request: FastifyRequest) => Promise<void> {
  const limit = limitFailures(app, options)
  return async (request) => {
    await limit.check(request)
    await limit.count(request)
  }
}

/** For routes that take a code: 60 refused ones a minute per caller and address, then `too_many_requests`. */
export function limitGuesses(app: ApiApp): FailureLimit {
  const by = (request: FastifyRequest) => `${request.caller.actor} ${request.ip}`
  return limitFailures(app, { max: GUESSES_PER_MINUTE, what: 'refused codes', by })
}

function tooMany(what: string, ttlMs: number): AppError {
  const retryAfterSeconds = Math.max(1, Math.ceil(ttlMs / 1000))
  return new AppError('too_many_requests', `Wait ${retryAfterSeconds} s: ${what}.`, { retryAfterSeconds })
}
