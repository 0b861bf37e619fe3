import { createHash, randomInt, timingSafeEqual } from 'node:crypto'

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const NAME_LENGTH = 8
/** 40 characters of 62: 238 bits. */
const SECRET_LENGTH = 40
const KEY = new RegExp(`^(oc_[0-9A-Za-z]{${NAME_LENGTH}})_[0-9A-Za-z]{${SECRET_LENGTH}}$`)

/** A new key such as `oc_4fT9xQ2a_…`, the prefix that it is found by, and the hash that is stored in its place. */
export function makeApiKey(): { key: string; prefix: string; hash: string } {
  const prefix = `oc_${randomText(NAME_LENGTH)}`
  const key = `${prefix}_${randomText(SECRET_LENGTH)}`
  return { key, prefix, hash: hashApiKey(key) }
}

/** The prefix of something that has the form of a key; undefined otherwise. */
export function prefixOf(key: string): string | undefined {
  return KEY.exec(key)?.[1]
}

/** SHA-256 as hexadecimal. A slow hash is for passwords: nobody guesses 238 random bits. */
export function hashApiKey(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}

/** Compares two hashes in constant time. */
export function isSameHash(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right))
}

function randomText(length: number): string {
  return Array.from({ length }, () => BASE62[randomInt(BASE62.length)]).join('')
}
