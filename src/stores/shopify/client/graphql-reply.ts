import { z } from 'zod'
import { ShopifyError } from './shopify-error.ts'

const costShape = z.object({
  requestedQueryCost: z.number(),
  actualQueryCost: z.number().nullable(),
  throttleStatus: z.object({
    maximumAvailable: z.number().positive(),
    currentlyAvailable: z.number(),
    restoreRate: z.number().positive(),
  }),
})

const replyShape = z.object({
  data: z.unknown().optional(),
  errors: z
    .union([
      z.array(
        z.object({ message: z.string(), extensions: z.object({ code: z.string().optional() }).loose().optional() }),
      ),
      z.string(),
    ])
    .optional(),
  extensions: z.object({ cost: costShape.optional() }).loose().optional(),
})

type Cost = z.infer<typeof costShape>

/** `mayRepeat`: Shopify certainly did not run the call, and may run it when it is sent again. `waitMs`: not before that. */
export type GraphqlReply = { cost?: Cost | undefined } & (
  | { status: 'ok'; data: unknown }
  | { status: 'failed'; error: ShopifyError; mayRepeat: boolean; waitMs?: number | undefined }
)

/** Statuses that say "later": rate limits (429, 430) and a shop that is locked for the moment (423). Source: Shopify, "API limits". */
const LATER = new Set([423, 429, 430])

/** Reads what came back for a document; never throws. A reply that nobody can read counts as lost. */
export function readReply(httpStatus: number, retryAfter: string | null, text: string): GraphqlReply {
  if (LATER.has(httpStatus)) {
    const error = new ShopifyError('unavailable', `Shopify asks us to come later (HTTP ${httpStatus}).`)
    return { status: 'failed', error, mayRepeat: true, waitMs: Math.max(1, Number(retryAfter) || 1) * 1000 }
  }
  if (httpStatus === 401) return failed('unauthorized', 'Shopify does not accept the access token any more.')
  if (httpStatus >= 500) return failed('lost', `Shopify answered HTTP ${httpStatus}.`)
  if (httpStatus >= 300 && httpStatus < 400)
    return failed('unavailable', 'The shop leads elsewhere, and the token stays here.')
  if (httpStatus !== 200) return failed('refused', `Shopify answered HTTP ${httpStatus}.`)
  const parsed = replyShape.safeParse(parseJson(text))
  if (!parsed.success) return failed('lost', 'Shopify answered something that is no GraphQL reply.')
  return readErrors(parsed.data)
}

function readErrors(reply: z.infer<typeof replyShape>): GraphqlReply {
  const cost = reply.extensions?.cost
  const errors = typeof reply.errors === 'string' ? [{ message: reply.errors }] : (reply.errors ?? [])
  const [first] = errors
  if (!first) {
    return reply.data === undefined || reply.data === null
      ? { cost, ...failed('lost', 'Shopify answered without data.') }
      : { cost, status: 'ok', data: reply.data }
  }
  const code = ('extensions' in first && first.extensions?.code) || null
  if (code === 'THROTTLED') return { cost, ...throttled(cost) }
  if (code === 'ACCESS_DENIED') return { cost, ...failed('access_denied', first.message, code) }
  if (code === 'INTERNAL_SERVER_ERROR') return { cost, ...failed('lost', first.message, code) }
  return { cost, ...failed('refused', errors.map((error) => error.message).join(' '), code) }
}

function throttled(cost: Cost | undefined): GraphqlReply & { status: 'failed' } {
  const error = new ShopifyError('unavailable', 'Shopify throttles us.', { code: 'THROTTLED' })
  if (!cost) return { status: 'failed', error, mayRepeat: true, waitMs: 1000 }
  const { currentlyAvailable, restoreRate } = cost.throttleStatus
  const waitMs = (Math.max(0, cost.requestedQueryCost - currentlyAvailable) / restoreRate) * 1000 + Math.random() * 200
  return { status: 'failed', error, mayRepeat: true, waitMs }
}

function failed(
  kind: ShopifyError['kind'],
  message: string,
  code: string | null = null,
): GraphqlReply & { status: 'failed' } {
  return { status: 'failed', error: new ShopifyError(kind, message, { code }), mayRepeat: false }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
