import { type Expression, readLiteral } from '../expression.ts'
import { syntaxFault } from '../issues.ts'
import type { Word } from '../lexer.ts'
import { print } from '../lib/print.ts'
import { escapeHtml } from '../lib/text.ts'
import type { Node, Parser, Tag, TagTable } from '../parser.ts'
import { MAX_FILE_PIXELS, PIXEL_RATIO, type Picture } from '../picture.ts'
import type { Runtime } from '../runtime.ts'
import { readCouponName, readOptions } from './coupon.ts'

type Size = { width: number; height: number }

type Mode = 'html' | 'url'

/** Prints a picture of a text as an image or as its bare address. */
function writePicture(runtime: Runtime, picture: Picture, mode: Mode): string {
  runtime.spend(STEPS_PER_PICTURE)
  const address = runtime.env.drawPicture(picture)
  if (mode === 'url') return address
  const size = `width="${picture.width}" height="${picture.height}"`
  return `<img src="${escapeHtml(address)}" alt="${escapeHtml(picture.text)}" ${size} style="display:block;border:0">`
}

/** Drawing a code takes about 10 ms. */
const STEPS_PER_PICTURE = 5_000

/** `{% barcode 'NAME' coupon=True mode=url width=200 height=60 %}`; without `coupon=True` the value itself is drawn. */
function compileBarcode(parser: Parser, tag: Tag): Node {
  const options = readOptions(tag, 2, ['coupon', 'mode', 'width', 'height', 'padded_width', 'padded_height'])
  const size = readSize(options, { width: 200, height: 60 })
  const mode = readMode(options)
  if (options.get('coupon')?.text === 'True') return couponPicture('code128', readCouponName(parser, tag), size, mode)
  const word = tag.words[1]
  if (!word) throw syntaxFault('bad_tag', "Write {% barcode 'NAME' coupon=True %}.", tag.start)
  const value = parser.compile(word)
  return (runtime) => {
    const text = print(value(runtime, ''))
    if (text !== '') writeResult(runtime, writePicture(runtime, { kind: 'code128', text, ...size }, mode), mode)
  }
}

/** The older `{% barcode_code 'NAME' height=60 width=200 %}`. */
function compileBarcodeCode(parser: Parser, tag: Tag): Node {
  const options = readOptions(tag, 2, ['width', 'height'])
  return couponPicture('code128', readCouponName(parser, tag), readSize(options, { width: 200, height: 60 }), 'html')
}

/** `{% qr 'NAME' size=160 %}`: the code; with `path='/cart'` the link that applies it. */
function compileQr(parser: Parser, tag: Tag): Node {
  const options = readOptions(tag, 2, ['size', 'mode', 'path'])
  const width = readPixels(options.get('size')) ?? 160
  const pathWord = options.get('path')
  const path = pathWord && parser.compile(pathWord)
  return couponPicture('qr', readCouponName(parser, tag), { width, height: width }, readMode(options), path)
}

function couponPicture(kind: Picture['kind'], name: string, size: Size, mode: Mode, path?: Expression): Node {
  return (runtime) => {
    const target = path && print(path(runtime, ''))
    const draw = (text: string) => writePicture(runtime, { kind, text, ...size }, mode)
    writeResult(runtime, runtime.env.coupons.picture(name, target, draw), mode)
  }
}

function writeResult(runtime: Runtime, text: string, mode: Mode): void {
  if (mode === 'url') runtime.emit(text)
  else runtime.write(text)
}

function readSize(options: Map<string, Word>, standard: Size): Size {
  const width = readPixels(options.get('padded_width')) ?? readPixels(options.get('width')) ?? standard.width
  const height = readPixels(options.get('padded_height')) ?? readPixels(options.get('height')) ?? standard.height
  return { width, height }
}

/** CSS pixels; an empty option counts as none. */
function readPixels(word: Word | undefined): number | undefined {
  const text = word?.text.replace(/^["']|["']$/g, '') ?? ''
  if (!word || text === '') return undefined
  const pixels = Number(text)
  if (!Number.isInteger(pixels) || pixels < 1 || pixels * PIXEL_RATIO > MAX_FILE_PIXELS) {
    const most = Math.floor(MAX_FILE_PIXELS / PIXEL_RATIO)
    throw syntaxFault('bad_tag', `A size is a whole number of pixels from 1 to ${most}.`, word.offset)
  }
  return pixels
}

/** `rcs` asks for an address too. */
function readMode(options: Map<string, Word>): Mode {
  const word = options.get('mode')
  const mode = word && (/^["']/.test(word.text) ? readLiteral(word.text) : word.text)
  if (mode === undefined || mode === 'html') return 'html'
  if (mode === 'url' || mode === 'rcs') return 'url'
  throw syntaxFault('bad_tag', 'The mode of a picture is html, url or rcs.', word?.offset ?? 0)
}

export const PICTURE_TAGS: TagTable = {
  barcode: { compile: compileBarcode },
  barcode_code: { compile: compileBarcodeCode },
  qr: { compile: compileQr },
}
