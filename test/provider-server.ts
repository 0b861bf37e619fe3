import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type ProviderRequest = {
  method: string
  path: string
  headers: Record<string, string | string[] | undefined>
  body: string
}
export type ProviderAnswer =
  | { status: number; json?: unknown; body?: string; headers?: Record<string, string> }
  /** hang: no answer. reset: the connection breaks once the request was read. cut: half an answer. garbage: no HTTP. */
  | 'hang'
  | 'reset'
  | 'cut'
  | 'garbage'

export type ProviderServer = AsyncDisposable & { url: string; requests: ProviderRequest[] }

/** A provider's API on a free port that keeps what it was asked and answers by `answer`. */
export async function openProviderServer(
  answer: (request: ProviderRequest) => ProviderAnswer | Promise<ProviderAnswer>,
): Promise<ProviderServer> {
  const requests: ProviderRequest[] = []
  const server = createServer(async (incoming, outgoing) => {
    const request = await readRequest(incoming)
    requests.push(request)
    give(outgoing, await answer(request))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function readRequest(incoming: IncomingMessage): Promise<ProviderRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk)
  const { method = '', url: path = '', headers } = incoming
  return { method, path, headers, body: Buffer.concat(chunks).toString('utf8') }
}

function give(outgoing: ServerResponse, answer: ProviderAnswer): void {
  if (answer === 'hang') return
  if (answer === 'reset') {
    outgoing.socket?.destroy()
  } else if (answer === 'garbage') {
    outgoing.socket?.end('lorem ipsum dolor sit amet\r\n\r\n')
  } else if (answer === 'cut') {
    outgoing.writeHead(200, { 'content-type': 'application/json', 'content-length': '400' })
    outgoing.write('{"id":"half of', () => outgoing.socket?.destroy())
  } else {
    const { status, json, body = json === undefined ? '' : JSON.stringify(json), headers = {} } = answer
    outgoing.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
  }
}
