import { type DestinationStream, type Logger, pino } from 'pino'

/** Names whose values are credentials. A field of such a name is masked two levels deep, whoever logs it. */
const SECRET_FIELDS = [
  'authorization',
  'cookie',
  'set-cookie',
  'password',
  'secret',
  'token',
  'key',
  'apiKey',
  'code',
  'codes',
]

/** Longest chain of causes that an error's entry shows. */
const MAX_CAUSES = 5

/** Structured logs without codes, passwords, cookies and keys. Level and destination are the caller's. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: SECRET_FIELDS.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
      censor: '•••',
    },
    serializers: { err: (error: unknown) => describeError(error) },
  }
  return destination ? pino(options, destination) : pino(options)
}

/**
 * What an entry says of an error: kind, message, stack, the database's number and constraint, and the same of its causes.
 *
 * Nothing else, because drivers put values of rows into other fields ("Key (code)=(…) already exists").
 */
function describeError(error: unknown, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) }
  const { code, constraint, table } = error as { code?: unknown; constraint?: unknown; table?: unknown }
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...(typeof code === 'string' ? { errorCode: code } : {}),
    ...(typeof constraint === 'string' ? { constraint, table } : {}),
    ...(error.cause !== undefined && depth < MAX_CAUSES ? { cause: describeError(error.cause, depth + 1) } : {}),
  }
}
