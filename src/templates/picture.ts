import { crc32, deflateSync } from 'node:zlib'
import bwipjs from 'bwip-js'
import { valueFault } from './issues.ts'

/** A bar code or QR code of a text. `width` and `height` are CSS pixels; the file has three times as many. */
export type Picture = { kind: 'code128' | 'qr'; text: string; width: number; height: number }

/** Widest and highest file. Source: Klaviyo's help on bar codes ("4096 px"). */
export const MAX_FILE_PIXELS = 4096

/** File pixels for each CSS pixel, so that a code stays sharp on dense screens. */
export const PIXEL_RATIO = 3

/** Light modules that scanners need around a code. Sources: ISO/IEC 15417 (10 at the sides), ISO/IEC 18004 (4). */
const QUIET_BARS = 10
const QUIET_SQUARES = 4

/** Rows of dark (true) and light modules, with the quiet zone. A bar code is one row. */
type Modules = boolean[][]

/** Draws a code as a PNG, dark on white. Throws a fault for a text that the code cannot hold. */
export function drawPicture(picture: Picture): Buffer {
  const rows = picture.kind === 'qr' ? squaresOf(picture.text) : [barsOf(picture.text)]
  const width = Math.min(picture.width * PIXEL_RATIO, MAX_FILE_PIXELS)
  const height = Math.min(picture.height * PIXEL_RATIO, MAX_FILE_PIXELS)
  return encodePng(rows, Math.max(Math.round(width), rows[0]?.length ?? 1), Math.max(Math.round(height), rows.length))
}

/** The picture as an address that holds all of it. */
export function pictureDataUrl(picture: Picture): string {
  return `data:image/png;base64,${drawPicture(picture).toString('base64')}`
}

function barsOf(text: string): boolean[] {
  const [symbol] = encode('code128', text)
  const widths = symbol && 'sbs' in symbol ? symbol.sbs : []
  const bars = widths.flatMap((width: number, i: number) => new Array<boolean>(width).fill(i % 2 === 0))
  const quiet = new Array<boolean>(QUIET_BARS).fill(false)
  return [...quiet, ...bars, ...quiet]
}

function squaresOf(text: string): Modules {
  const [symbol] = encode('qrcode', text)
  if (!symbol || !('pixs' in symbol)) return [[false]]
  const { pixs, pixx, pixy } = symbol
  const blank = new Array<boolean>(pixx + 2 * QUIET_SQUARES).fill(false)
  const side = new Array<boolean>(QUIET_SQUARES).fill(false)
  const margin: Modules = Array.from({ length: QUIET_SQUARES }, () => blank)
  const rows = Array.from({ length: pixy }, (_, y) => [
    ...side,
    ...pixs.slice(y * pixx, (y + 1) * pixx).map((dark: number) => dark === 1),
    ...side,
  ])
  return [...margin, ...rows, ...margin]
}

function encode(kind: 'code128' | 'qrcode', text: string) {
  try {
    return bwipjs.raw(kind, text, {})
  } catch (error) {
    throw valueFault(`This text cannot be drawn as a code: ${error instanceof Error ? error.message : kind}`)
  }
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/** One bit a pixel; each module takes whole pixels, the rest is spread as light space on both sides. */
function encodePng(rows: Modules, width: number, height: number): Buffer {
  const columns = rows[0]?.length ?? 1
  const scaleX = Math.floor(width / columns)
  const scaleY = rows.length === 1 ? height : Math.min(scaleX, Math.floor(height / rows.length))
  const across = rows.length === 1 ? scaleX : scaleY
  const left = Math.floor((width - columns * across) / 2)
  const top = Math.floor((height - rows.length * scaleY) / 2)
  const stride = 1 + Math.ceil(width / 8)
  const pixels = Buffer.alloc(stride * height, 0xff)
  for (let y = 0; y < height; y++) {
    pixels[y * stride] = 0
    const row = rows[Math.floor((y - top) / scaleY)]
    if (y >= top && row) drawRow(pixels, y * stride + 1, row, left, across)
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 1
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(pixels)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function drawRow(pixels: Buffer, start: number, row: boolean[], left: number, scale: number): void {
  row.forEach((dark, column) => {
    if (!dark) return
    for (let x = left + column * scale; x < left + (column + 1) * scale; x++) {
      const at = start + (x >> 3)
      pixels[at] = (pixels[at] ?? 0xff) & ~(0x80 >> (x & 7))
    }
  })
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}
