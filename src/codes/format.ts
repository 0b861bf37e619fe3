import { randomFillSync } from 'node:crypto'

/** 31 symbols: digits and capitals without 0 O, 1 I L, which people mix up. 11 of them hold 54 bits. */
export const ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'

/** Largest multiple of 31 in a byte: bytes from here on are thrown away, so that every symbol is equally likely. */
const UNBIASED = 248

/** What must not be read in a code, with digits read as the letters they resemble. */
const BAD_WORDS =
  'ANAL ANUS ARSE ASS BDSM BUTT CACA CRAP CUM CUNT DAMN DEAD DEATH DRUG DUMB DYKE FAG FAT FCK FKK FUC FUCK FUK GAY HATE HEAT HURE JEW KACK KKK KYS MERDE MUFF NAZ NEGER NGR NUTTE PEDE PENE PHUC PHUCK PUTA PUTE RAPE SATAN SCHMUCK SEX SHAG SHT SUCK TEUFE TWAT TURD USSR UGLY VAG WANK WTF XXX'.split(
    ' ',
  )
const LOOKS_LIKE: Record<string, string> = { '3': 'E', '4': 'A', '5': 'S', '6': 'G', '7': 'T', '8': 'B' }

const random = Buffer.alloc(65_536)
let used = random.length

function randomByte(): number {
  if (used === random.length) {
    randomFillSync(random)
    used = 0
  }
  const byte = random[used] as number
  used += 1
  return byte
}

/** One random part of `length` symbols from the cryptographic source, free of bad words. */
export function randomPart(length: number): string {
  for (;;) {
    let text = ''
    while (text.length < length) {
      const byte = randomByte()
      if (byte < UNBIASED) text += ALPHABET[byte % ALPHABET.length]
    }
    if (!holdsBadWord(text)) return text
  }
}

/** `PREFIX-RANDOM`, or the random part alone where the prefix is empty. */
export function makeCode(prefix: string, length: number): string {
  return prefix === '' ? randomPart(length) : `${prefix}-${randomPart(length)}`
}

export function makeCodes(count: number, prefix: string, length: number): string[] {
  return Array.from({ length: count }, () => makeCode(prefix, length))
}

/** Bits of chance in a random part of `length` symbols. */
export function entropyBits(length: number): number {
  return length * Math.log2(ALPHABET.length)
}

const BAD = new RegExp(BAD_WORDS.join('|'))
const DIGITS = /[345678]/g

export function holdsBadWord(text: string): boolean {
  return BAD.test(text) || BAD.test(text.replace(DIGITS, (digit) => LOOKS_LIKE[digit] ?? digit))
}

/** Longest code that is taken from a file. Source: Shopify's limit for a code, 255 characters. */
export const MAX_CODE_LENGTH = 255

/** What is wrong with a code from a file and what to do; undefined where it can be taken. */
export function codeProblem(code: string): string | undefined {
  if (code === '') return 'The row is empty. Give it a code or remove it.'
  if (code.length > MAX_CODE_LENGTH) return `The code is longer than ${MAX_CODE_LENGTH} characters. Shorten it.`
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(code)) return 'The code holds a control character or line break. Remove it.'
  if (/\s/.test(code)) return 'The code holds a blank. Shops cannot tell such codes apart; remove it.'
  return undefined
}
