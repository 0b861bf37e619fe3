import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { createPublicLookup, isPublicAddress, PrivateAddressError } from './public-address.ts'

/**
 * How long a connection without a call is kept: less than servers keep theirs (5 s and more), so that a call seldom meets one
 * that the other side is just closing, which would be lost.
 */
const IDLE_MS = 4000

export type HttpRequest = {
  method: 'GET' | 'POST' | 'PUT'
  url: string
  headers: Record<string, string>
  body?: string | Buffer
}

/**
 * What became of a call.
 *
 * reply: the whole answer is here, whatever its status. unsent: certainly nothing reached the other side. lost: a connection
 * stood, and no whole answer came; the other side may have acted.
 */
export type HttpReply =
  | { kind: 'reply'; status: number; headers: Record<string, string>; body: string }
  | { kind: 'unsent'; reason: string; isRefused: boolean }
  | { kind: 'lost'; reason: string }

export type HttpClient = Disposable & { call: (request: HttpRequest) => Promise<HttpReply> }

export type HttpClientOptions = {
  /** Connections kept to each host, and calls under way at once to it. */
  connections: number
  /** For the whole call, from the name's lookup to the last byte of the reply. */
  timeoutMs: number
  maxReplyBytes: number
  /** public: https only, and only addresses of the public internet. any: whatever the URL says. */
  reach: 'public' | 'any'
  /** Stands in for the lookup of names; it must check what it answers where `reach` is public. */
  lookup?: LookupFunction
}

/**
 * Calls of HTTP services with limits of time and size. Follows no redirect: it is a reply like any other. Never throws for what
 * happens outside our walls. `isRefused`: the URL points where `reach` does not allow, or URL or headers are malformed.
 */
export function openHttpClient(options: HttpClientOptions): HttpClient {
  const agents = {
    'http:': new HttpAgent({ keepAlive: true, maxSockets: options.connections, timeout: IDLE_MS }),
    'https:': new HttpsAgent({ keepAlive: true, maxSockets: options.connections, timeout: IDLE_MS }),
  }
  const lookup = options.lookup ?? (options.reach === 'public' ? createPublicLookup() : undefined)
  return {
    call: async (request) => {
      const url = URL.parse(request.url)
      const refusal = findUrlProblem(url, options.reach)
      if (!url || refusal !== undefined) return { kind: 'unsent', reason: refusal ?? '', isRefused: true }
      const isTls = url.protocol === 'https:'
      return await exchange(request, options, (onReply) =>
        (isTls ? requestHttps : requestHttp)(
          url,
          {
            method: request.method,
            headers: withLength(request),
            agent: agents[isTls ? 'https:' : 'http:'],
            ...(lookup ? { lookup } : {}),
          },
          onReply,
        ),
      )
    },
    [Symbol.dispose]: () => {
      agents['http:'].destroy()
      agents['https:'].destroy()
    },
  }
}

/**
 * Why a URL is not called, as far as the URL itself tells; undefined where nothing speaks against it. Where its name leads is seen
 * when it is called.
 */
export function findUrlProblem(url: URL | null, reach: HttpClientOptions['reach']): string | undefined {
  if (!url || !/^https?:$/.test(url.protocol)) return 'The URL must begin with https://.'
  if (url.username || url.password) return 'The URL must hold no user name or password.'
  if (reach === 'any') return undefined
  if (url.protocol !== 'https:') return 'The URL must begin with https://.'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return isIP(host) && !isPublicAddress(host) ? `${host} is not an address of the public internet.` : undefined
}

function withLength({ headers, body = '' }: HttpRequest): Record<string, string> {
  return { ...headers, 'content-length': `${Buffer.byteLength(body)}` }
}

/** Sends one request and reads its reply, telling apart whether a connection stood when it failed. */
async function exchange(
  request: HttpRequest,
  limits: HttpClientOptions,
  begin: (onReply: (reply: IncomingMessage) => void) => ReturnType<typeof requestHttp>,
): Promise<HttpReply> {
  const { promise, resolve } = Promise.withResolvers<HttpReply>()
  let isConnected = false
  let call: ReturnType<typeof begin>
  try {
    call = begin((reply) => void readReply(reply, limits.maxReplyBytes).then(resolve, fail))
  } catch (error) {
    return { kind: 'unsent', reason: error instanceof Error ? error.message : String(error), isRefused: true } // a header
  }
  const timer = setTimeout(() => fail(new Error(`No answer within ${limits.timeoutMs} ms.`)), limits.timeoutMs)
  function fail(error: Error): void {
    const reason = error.message || (error as NodeJS.ErrnoException).code || error.name
    resolve(
      isConnected
        ? { kind: 'lost', reason }
        : { kind: 'unsent', reason, isRefused: error instanceof PrivateAddressError },
    )
    call.destroy()
  }
  call.on('socket', (socket) => {
    const ready = (): void => {
      isConnected = true
    }
    const isTls = 'encrypted' in socket
    if (call.reusedSocket || (!isTls && !socket.connecting)) ready()
    else socket.once(isTls ? 'secureConnect' : 'connect', ready)
  })
  call.on('error', fail)
  call.end(request.body)
  try {
    return await promise
  } finally {
    clearTimeout(timer)
  }
}

async function readReply(reply: IncomingMessage, maxBytes: number): Promise<HttpReply> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of reply as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) throw new Error(`The reply is larger than ${maxBytes} bytes.`)
    chunks.push(chunk)
  }
  const headers = Object.fromEntries(
    Object.entries(reply.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  )
  return { kind: 'reply', status: reply.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString('utf8') }
}
