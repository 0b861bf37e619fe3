import { createHmac, timingSafeEqual } from 'node:crypto'

export type MessageIds = { accountId: string; messageId: string }
/** The nth link of a mail, counted from 1, of so many. */
export type LinkToken = MessageIds & { link: number; links: number }

/** What the address leads to; a token of one kind opens no other. */
type Kind = 'open' | 'click' | 'view'

const ID_BYTES = 16
const SIGNATURE_CHARACTERS = 22

/**
 * Names a message in an address, compactly and for years: it is signed, not stored, and holds neither code nor target.
 *
 * Signed with the first of the secrets; `readMessageToken` takes what any of them signed.
 */
export function messageToken(secrets: readonly string[], kind: Exclude<Kind, 'click'>, ids: MessageIds): string {
  return sealToken(secrets, kind, bytesOf(ids))
}

export function linkToken(secrets: readonly string[], { link, links, ...ids }: LinkToken): string {
  const place = Buffer.alloc(4)
  place.writeUInt16BE(link, 0)
  place.writeUInt16BE(links, 2)
  return sealToken(secrets, 'click', Buffer.concat([bytesOf(ids), place]))
}

/** Undefined for a token that we did not make for this kind of address. */
export function readMessageToken(
  secrets: readonly string[],
  kind: Exclude<Kind, 'click'>,
  token: string,
): MessageIds | undefined {
  const bytes = openToken(secrets, kind, token)
  return bytes?.length === 2 * ID_BYTES ? idsOf(bytes) : undefined
}

/** Undefined for a token that we did not make for a link. */
export function readLinkToken(secrets: readonly string[], token: string): LinkToken | undefined {
  const bytes = openToken(secrets, 'click', token)
  if (bytes?.length !== 2 * ID_BYTES + 4) return undefined
  return { ...idsOf(bytes), link: bytes.readUInt16BE(2 * ID_BYTES), links: bytes.readUInt16BE(2 * ID_BYTES + 2) }
}

function sealToken(secrets: readonly string[], kind: Kind, bytes: Buffer): string {
  const body = bytes.toString('base64url')
  return body + sign(secrets[0] ?? '', kind, body)
}

function openToken(secrets: readonly string[], kind: Kind, token: string): Buffer | undefined {
  const body = token.slice(0, -SIGNATURE_CHARACTERS)
  const given = Buffer.from(token.slice(-SIGNATURE_CHARACTERS))
  const isOurs = secrets.some((secret) => {
    const expected = Buffer.from(sign(secret, kind, body))
    return expected.length === given.length && timingSafeEqual(expected, given)
  })
  return isOurs ? Buffer.from(body, 'base64url') : undefined
}

/** 128 bits. */
function sign(secret: string, kind: Kind, body: string): string {
  return createHmac('sha256', secret).update(`${kind} ${body}`).digest('base64url').slice(0, SIGNATURE_CHARACTERS)
}

function bytesOf({ accountId, messageId }: MessageIds): Buffer {
  return Buffer.from((accountId + messageId).replaceAll('-', ''), 'hex')
}

function idsOf(bytes: Buffer): MessageIds {
  const id = (start: number): string =>
    bytes.toString('hex', start, start + ID_BYTES).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  return { accountId: id(0), messageId: id(ID_BYTES) }
}
