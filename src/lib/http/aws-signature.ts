import { createHash, createHmac } from 'node:crypto'

export type AwsCredentials = { accessKeyId: string; secretAccessKey: string; region: string; service: string }
export type SignableRequest = { method: string; url: string; headers: Record<string, string>; body: string }

/**
 * The headers of a request to AWS with its signature, Signature Version 4: those given, `x-amz-date` and `authorization`.
 *
 * All `headers` are signed, with the host. For URLs without a query whose path needs no escaping, which is all that is called.
 * Source: AWS, "Create a signed AWS API request"
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
 */
export function signAwsRequest(request: SignableRequest, keys: AwsCredentials, now: Date): Record<string, string> {
  const url = new URL(request.url)
  const date = now.toISOString().replace(/[-:]|\.\d{3}/g, '')
  const signed: [string, string][] = Object.entries({ ...request.headers, host: url.host, 'x-amz-date': date })
    .map(([name, value]): [string, string] => [name.toLowerCase(), value.trim().replace(/ +/g, ' ')])
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const names = signed.map(([name]) => name).join(';')
  const canonical = [
    request.method,
    url.pathname,
    '',
    ...signed.map(([name, value]) => `${name}:${value}`),
    '',
    names,
    sha256(request.body),
  ].join('\n')
  const scope = `${date.slice(0, 8)}/${keys.region}/${keys.service}/aws4_request`
  const toSign = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n')
  const key = [date.slice(0, 8), keys.region, keys.service, 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => hmac(secret, part),
    `AWS4${keys.secretAccessKey}`,
  )
  const signature = hmac(key, toSign).toString('hex')
  const authorization = `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`
  return { ...request.headers, 'x-amz-date': date, authorization }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
