import type { ErrorReply } from '../../../contract/common.ts'
import { readAccountId } from './account-choice.ts'

/** An answer of the server that is not a success, or no answer at all (`status` 0, code `unreachable`). */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly code: string
  readonly data: Record<string, unknown>

  constructor(status: number, code: string, message: string, data: Record<string, unknown> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.data = data
  }
}

type Query = Record<string, string | number | null | undefined>
type Call = { method?: string; query?: Query; body?: unknown; signal?: AbortSignal }

export const get = <T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> =>
  call<T>(path, { query, ...(signal && { signal }) })
export const post = <T>(path: string, body: unknown = {}): Promise<T> => call<T>(path, { method: 'POST', body })
export const patch = <T>(path: string, body: unknown): Promise<T> => call<T>(path, { method: 'PATCH', body })
export const remove = (path: string): Promise<null> => call<null>(path, { method: 'DELETE' })
function withQuery(path: string, query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '')
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given.map(([key, value]) => [key, String(value)]))}`
}

async function call<T>(path: string, { method = 'GET', query = {}, body, signal }: Call): Promise<T> {
  const target = withQuery(path, query)
  const content = body === undefined ? undefined : JSON.stringify(body)
  const action = `${method} ${target} ${content ?? ''}`
  const response = await send(target, {
    method,
    headers: headersOf(method, content === undefined ? null : 'application/json', action),
    ...(content !== undefined && { body: content }),
    ...(signal && { signal }),
  })
  if (response.status < 500) keys.delete(action)
  return readReply<T>(response.status, await response.text())
}

/**
 * Sends a CSV file as the body itself, so that the server can read it as a stream; `onShare` hears from 0 to 1 how much is sent.
 *
 * By XMLHttpRequest, because fetch cannot say how far an upload is.
 */
export function postFile<T>(path: string, file: File, query: Query, onShare: (share: number) => void): Promise<T> {
  const target = withQuery(path, query)
  const action = `POST ${target} ${file.name} ${file.size} ${file.lastModified}`
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', target)
    for (const [name, value] of Object.entries(headersOf('POST', 'text/csv', action)))
      request.setRequestHeader(name, value)
    request.upload.onprogress = ({ loaded, total }) => onShare(total > 0 ? loaded / total : 0)
    request.onerror = () => reject(unreachable())
    request.onload = () => {
      if (request.status < 500) keys.delete(action)
      try {
        resolve(readReply<T>(request.status, request.responseText))
      } catch (error) {
        reject(error)
      }
    }
    request.send(file)
  })
}

async function send(target: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(target, { ...init, credentials: 'same-origin' })
  } catch (cause) {
    if (init.signal?.aborted) throw cause
    throw unreachable()
  }
}

const unreachable = () =>
  new ApiError(0, 'unreachable', 'Onecode cannot be reached. Check the connection and try again.')

function readReply<T>(status: number, text: string): T {
  const reply: unknown = parseJson(text)
  if (status >= 200 && status < 300) return reply as T
  if (isErrorReply(reply)) throw new ApiError(status, reply.error.code, reply.error.message, reply.error.data)
  throw new ApiError(status, 'internal', `The server answered ${status}. Try again.`)
}

function parseJson(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text)
  } catch {
    return null
  }
}

function isErrorReply(reply: unknown): reply is ErrorReply {
  return typeof reply === 'object' && reply !== null && typeof (reply as ErrorReply).error?.code === 'string'
}

/** One key for one action of a person: a repeat after a lost answer carries the same key and creates nothing twice. */
const keys = new Map<string, string>()

function headersOf(method: string, contentType: string | null, action: string): Record<string, string> {
  const accountId = readAccountId()
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (accountId) headers['X-Onecode-Account'] = accountId
  if (contentType) headers['Content-Type'] = contentType
  if (method === 'POST' || method === 'PATCH') {
    const key = keys.get(action) ?? randomKey()
    keys.set(action, key)
    headers['Idempotency-Key'] = key
  }
  return headers
}

/** `crypto.randomUUID` is missing where the page is not served over HTTPS or from localhost. */
function randomKey(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID()
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
