import { randomUUID } from 'node:crypto'
import { openAsBlob } from 'node:fs'
import { stat } from 'node:fs/promises'
import { type ErrorReply, errorReply, type Page } from '../../../contract/common.ts'
import type { ClientConfig } from '../../config.ts'
import { ApiError, CliError } from './failure.ts'

/** The server over HTTP. Every call throws ApiError for a refusal, CliError when the server cannot be reached. */
export type Client = {
  get: <Reply>(path: string) => Promise<Reply>
  /** Carries an Idempotency-Key of its own, so that nothing between here and the server can do the work twice. */
  post: <Reply>(path: string, body?: unknown) => Promise<Reply>
  patch: <Reply>(path: string, body: unknown) => Promise<Reply>
  remove: (path: string) => Promise<void>
  /** Sends a CSV file as it lies on disk, without reading it into memory. */
  upload: <Reply>(path: string, file: string) => Promise<Reply>
  download: (path: string) => Promise<ReadableStream<Uint8Array>>
  /** The items of a paged route, fetched as they are asked for. */
  walk: <Item>(path: string, query?: Record<string, string>) => AsyncGenerator<Item>
  /** All of them at once. */
  listAll: <Item>(path: string, query?: Record<string, string>) => Promise<Item[]>
}

type Call = { method: string; path: string; body?: Blob | string; type?: string }

export function openClient({ url, apiKey }: ClientConfig): Client {
  if (apiKey === undefined) {
    throw new CliError(
      'Set ONECODE_API_KEY to an API key. `onecode init` prints the first one; others: Settings, API keys.',
    )
  }
  const send = (call: Call): Promise<Response> => request(url, apiKey, call)
  const get = async <Reply>(path: string): Promise<Reply> => readJson(await send({ method: 'GET', path }))
  const withBody = async <Reply>(method: string, path: string, body: unknown): Promise<Reply> => {
    const call = body === undefined ? { method, path } : { method, path, body: JSON.stringify(body), type: JSON_TYPE }
    return readJson(await send(call))
  }

  return {
    get,
    post: (path, body) => withBody('POST', path, body),
    patch: (path, body) => withBody('PATCH', path, body),
    remove: async (path) => void (await send({ method: 'DELETE', path })),
    upload: async (path, file) => {
      if (!(await stat(file)).isFile()) throw new CliError(`${file} is no file.`)
      return readJson(await send({ method: 'POST', path, body: await openAsBlob(file), type: 'text/csv' }))
    },
    download: async (path) => {
      const { body } = await send({ method: 'GET', path })
      if (!body) throw new CliError('The server sent nothing. Try again.')
      return body
    },
    walk: (path, query) => walkPages(get, path, query),
    listAll: async <Item>(path: string, query?: Record<string, string>) => {
      const items: Item[] = []
      for await (const item of walkPages<Item>(get, path, query)) items.push(item)
      return items
    },
  }
}

async function* walkPages<Item>(
  get: Client['get'],
  path: string,
  query: Record<string, string> = {},
): AsyncGenerator<Item> {
  let cursor: string | null = ''
  while (cursor !== null) {
    const search = new URLSearchParams({ ...query, limit: '200', ...(cursor ? { cursor } : {}) })
    const page: Page<Item> = await get(`${path}?${search}`)
    yield* page.items
    cursor = page.next
  }
}

const JSON_TYPE = 'application/json'

async function request(url: string, apiKey: string, { method, path, body, type }: Call): Promise<Response> {
  const headers = {
    authorization: `Bearer ${apiKey}`,
    ...(type ? { 'content-type': type } : {}),
    ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}),
  }
  const response = await fetch(url + path, { method, headers, ...(body === undefined ? {} : { body }) }).catch(
    (cause: unknown) => {
      const message = `No server answers at ${url}. Start one (\`onecode serve\`), or set ONECODE_URL to where it is.`
      throw new CliError(message, { cause })
    },
  )
  if (response.ok) return response
  throw await refusalOf(response, url)
}

async function refusalOf(response: Response, url: string): Promise<Error> {
  const text = await response.text()
  const parsed = errorReply.safeParse(parseJson(text))
  if (parsed.success) return new ApiError(parsed.data satisfies ErrorReply)
  return new CliError(`${url} answered ${response.status} and does not look like Onecode. Check ONECODE_URL.`)
}

async function readJson<Reply>(response: Response): Promise<Reply> {
  const value = parseJson(await response.text())
  if (value === undefined) throw new CliError(`${response.url} does not look like Onecode. Check ONECODE_URL.`)
  return value as Reply
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // a proxy's or another program's page
  }
}
