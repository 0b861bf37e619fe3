import { createHmac, timingSafeEqual } from 'node:crypto'
import { splitSecrets } from '../lib/secret.ts'

type Token = { accountId: string; profileId: string; messageId: string }
type PageName = 'unsubscribe' | 'preferences'

/** Whom the links of a test are about: nobody. */
export const NOBODY = '00000000-0000-0000-0000-000000000000'

/** The page on which one person unsubscribes. The link works as long as the secret that signed it is among ours. */
export function unsubscribeLink(publicUrl: string, secret: string, token: Token): string {
  return linkTo('unsubscribe', publicUrl, secret, token)
}

/** The page on which one person chooses what to get; works as long as `unsubscribeLink`. */
export function preferencesLink(publicUrl: string, secret: string, token: Token): string {
  return linkTo('preferences', publicUrl, secret, token)
}

/** Undefined for a link that we did not make. */
export function readUnsubscribeToken(secret: string, token: string): Token | undefined {
  return readToken('unsubscribe', secret, token)
}

/** Undefined for a link that we did not make, or made for another page. */
export function readPreferencesToken(secret: string, token: string): Token | undefined {
  return readToken('preferences', secret, token)
}

function linkTo(page: PageName, publicUrl: string, secret: string, token: Token): string {
  const text = [token.accountId, token.profileId, token.messageId].map((id) => id.replaceAll('-', '')).join('')
  const body = Buffer.from(text, 'hex').toString('base64url')
  const [current] = splitSecrets(secret)
  return `${publicUrl.replace(/\/$/, '')}/${page}/${body}.${sign(current, page, body)}`
}

function readToken(page: PageName, secret: string, token: string): Token | undefined {
  const [body = '', signature = ''] = token.split('.')
  if (!splitSecrets(secret).some((one) => isSame(sign(one, page, body), signature))) return undefined
  const text = Buffer.from(body, 'base64url').toString('hex')
  const id = (at: number): string =>
    text.slice(at, at + 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  return text.length === 96 ? { accountId: id(0), profileId: id(32), messageId: id(64) } : undefined
}

function sign(secret: string, page: PageName, body: string): string {
  return createHmac('sha256', secret).update(`${page} ${body}`).digest('base64url').slice(0, 22)
}

function isSame(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)]
  return a.length === b.length && timingSafeEqual(a, b)
}
