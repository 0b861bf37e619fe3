import { readFileSync } from 'node:fs'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'

/** A certificate for 127.0.0.1 that nobody trusts, with its key; made by openssl for these tests alone. */
export const TLS = {
  cert: readFileSync(new URL('data/tls-certificate.pem', import.meta.url), 'utf8'),
  key: readFileSync(new URL('data/tls-key.pem', import.meta.url), 'utf8'),
}

/** Lets this process trust the certificate until the returned function is called. */
export function trustTestCertificate(): () => void {
  const before = getCACertificates('default')
  setDefaultCACertificates([...before, TLS.cert])
  return () => setDefaultCACertificates(before)
}
