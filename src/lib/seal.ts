import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { splitSecrets } from './secret.ts'

const VERSION = 1
const IV_BYTES = 12
const TAG_BYTES = 16

/** Encrypts text with the first of the installation's secrets (AES-256-GCM). The result is base64 and differs each time. */
export function seal(secret: string, text: string): string {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', keyOf(splitSecrets(secret)[0]), iv)
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([Buffer.of(VERSION), iv, cipher.getAuthTag(), body]).toString('base64')
}

/** Undoes `seal`, with whichever of the secrets it was. Throws when it was none of them or the text was changed. */
export function unseal(secret: string, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64')
  if (bytes[0] !== VERSION) throw new Error('sealed by an unknown version')
  const failures: unknown[] = []
  for (const one of splitSecrets(secret)) {
    try {
      return open(one, bytes)
    } catch (error) {
      failures.push(error)
    }
  }
  throw new Error('sealed with another secret, or changed since', { cause: failures[0] })
}

/** What was sealed, sealed by the first secret; undefined where it is already, or where no secret opens it. */
export function reseal(secret: string, sealed: string): string | undefined {
  const [newest, ...older] = splitSecrets(secret)
  if (older.length === 0 || opens(newest, sealed) || !opens(secret, sealed)) return undefined
  return seal(newest, unseal(secret, sealed))
}

function opens(secret: string, sealed: string): boolean {
  try {
    unseal(secret, sealed)
    return true
  } catch {
    return false
  }
}

function open(secret: string, bytes: Buffer): string {
  const iv = bytes.subarray(1, 1 + IV_BYTES)
  const tag = bytes.subarray(1 + IV_BYTES, 1 + IV_BYTES + TAG_BYTES)
  const decipher = createDecipheriv('aes-256-gcm', keyOf(secret), iv, { authTagLength: TAG_BYTES }).setAuthTag(tag)
  return decipher.update(bytes.subarray(1 + IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
}

function keyOf(secret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', 'onecode seal', 32))
}
