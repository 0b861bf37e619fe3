import { ApiError } from './api.ts'

type Issue = { path: string; message: string }

/**
 * The mistakes that the server found in an input, by field, as `terms.discount.basisPoints`.
 *
 * Reads `data.issues` of `invalid_input` (a path may come as text with dots or slashes, or as an array), `data.field`, and
 * the field in codes such as `name_taken`. Else empty.
 */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof ApiError)) return {}
  if (typeof error.data.field === 'string') return { [error.data.field]: error.message }
  const taken = /^(\w+)_taken$/.exec(error.code)?.[1]
  if (taken) return { [taken]: error.message }
  if (!Array.isArray(error.data.issues)) return {}
  return Object.fromEntries(error.data.issues.map(readIssue).map(({ path, message }) => [path, message]))
}

function readIssue(issue: { path?: unknown; message?: unknown }): Issue {
  const parts = Array.isArray(issue.path) ? issue.path.map(String) : String(issue.path ?? '').split(/[./]/)
  const path = parts.filter((part) => part !== '' && part !== 'body').join('.')
  return { path, message: String(issue.message ?? 'Check this value.') }
}

/** What to tell a person about any failure. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'Something went wrong. Try again.'
}

export const hasCode = (error: unknown, code: string): error is ApiError =>
  error instanceof ApiError && error.code === code
