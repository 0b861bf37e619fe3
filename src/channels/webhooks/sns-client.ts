import { openHttpClient } from '../../lib/http/http-client.ts'
import { isSnsUrl } from './sns.ts'

const TIMEOUT_MS = 5000
const MAX_BYTES = 64 * 1024
/** Certificates change about once a year; a handful of regions have one each. */
const MAX_KEPT = 20

export type SnsClient = Disposable & {
  /** The certificate at a URL of SNS; undefined where it cannot be had now. Kept, because every message needs it. */
  fetchCertificate: (url: string) => Promise<string | undefined>
  /** Tells SNS that we want the messages of a topic; false where it does not answer. */
  confirm: (subscribeUrl: string) => Promise<boolean>
}

/** Fetches what messages of SNS point at: only from SNS itself, whatever they say. */
export function openSnsClient(): SnsClient {
  const client = openHttpClient({ connections: 2, timeoutMs: TIMEOUT_MS, maxReplyBytes: MAX_BYTES, reach: 'public' })
  const kept = new Map<string, string>()

  async function fetchText(url: string): Promise<string | undefined> {
    if (!isSnsUrl(url)) return undefined
    const reply = await client.call({ method: 'GET', url, headers: {} })
    return reply.kind === 'reply' && reply.status === 200 ? reply.body : undefined
  }

  return {
    fetchCertificate: async (url) => {
      const certificate = kept.get(url) ?? (await fetchText(url))
      if (certificate !== undefined && kept.size < MAX_KEPT) kept.set(url, certificate)
      return certificate
    },
    confirm: async (url) => (await fetchText(url)) !== undefined,
    [Symbol.dispose]: () => client[Symbol.dispose](),
  }
}
