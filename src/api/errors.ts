import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import type { ErrorReply } from '../../contract/common.ts'
import { AppError } from '../errors.ts'
import { CursorError } from '../lib/cursor.ts'

type Issue = { path: string; message: string }

/** Answers whatever a route threw. What nobody expected is logged whole and answered `internal`, without a detail. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = toAppError(error)
  if (!known) request.log.error({ err: error }, 'A request failed for a reason of ours')
  const answer = known ?? internalError(request.id)
  const { retryAfterSeconds } = answer.data
  if (typeof retryAfterSeconds === 'number') reply.header('retry-after', String(retryAfterSeconds))
  return reply
    .code(answer.status)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(toErrorReply(answer)))
}

/** The shape of every error that leaves the house. */
function toErrorReply(error: AppError): ErrorReply {
  return { error: { code: error.code, message: error.message, data: error.data } }
}

function internalError(requestId: string): AppError {
  return new AppError(
    'internal',
    'Something went wrong here. Try again; if it stays, tell the operator the request id.',
    {
      requestId,
    },
  )
}

/** SQLSTATEs of a text or JSON value with the character U+0000. */
const NOT_STORABLE = ['22021', '22P05']

/** What a caller may know of an error; undefined when it is ours alone. */
function toAppError(error: unknown): AppError | undefined {
  if (error instanceof AppError) return error.status < 500 || error.code !== 'internal' ? error : undefined
  if (error instanceof CursorError) {
    return new AppError('invalid_cursor', 'Pass `next` of the page before, unchanged, or leave the cursor out.')
  }
  if (hasZodFastifySchemaValidationErrors(error)) return invalidInput(error as FastifyError)
  const { code, statusCode, message } = error as Partial<FastifyError>
  if (code !== undefined && NOT_STORABLE.includes(code)) {
    return new AppError('invalid_input', 'A text holds the character U+0000, which cannot be stored. Leave it out.')
  }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new AppError('payload_too_large', 'Send less at once.')
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new AppError('unsupported_media_type', 'Send JSON with the header Content-Type: application/json.')
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new AppError('invalid_input', `The request could not be read: ${message}`)
  }
  return undefined
}

function invalidInput(error: FastifyError): AppError {
  const part = error.validationContext ?? 'body'
  const issues: Issue[] = (error.validation ?? []).map((issue) => ({
    path: issue.instancePath.slice(1).replaceAll('/', '.'),
    message: issue.message ?? 'is not valid',
  }))
  const [first] = issues
  const place = first?.path ? `${first.path} (${part})` : `the ${part === 'querystring' ? 'query' : part}`
  return new AppError('invalid_input', `Correct ${place}: ${first?.message ?? 'not valid'}`, { issues })
}
