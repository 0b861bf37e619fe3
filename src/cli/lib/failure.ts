import type { ErrorReply } from '../../../contract/common.ts'
import { ConfigError } from '../../config.ts'
import { FolderInUseError } from '../../db/folder-lock.ts'
import { AppError } from '../../errors.ts'

/** A mistake that the person at the keyboard can put right. The message says how. */
export class CliError extends Error {
  override readonly name = 'CliError'
}

/** A refusal of the server. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: string
  readonly data: Record<string, unknown>

  constructor({ error }: ErrorReply) {
    super(error.message)
    this.code = error.code
    this.data = error.data
  }
}

/** What is told of an error that was expected; undefined for one that nobody expected. */
export function describeFailure(error: unknown): ErrorReply | undefined {
  if (error instanceof ApiError || error instanceof AppError) {
    return { error: { code: error.code, message: error.message, data: error.data } }
  }
  const isOurs = error instanceof CliError || error instanceof ConfigError || error instanceof FolderInUseError
  if (isOurs) return { error: { code: 'invalid_use', message: error.message, data: {} } }
  const isFile = error instanceof Error && 'syscall' in error && 'path' in error
  if (isFile) return { error: { code: 'invalid_use', message: `The file cannot be used: ${error.message}`, data: {} } }
  return undefined
}
