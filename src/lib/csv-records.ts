const QUOTE = 34
const LINE_FEED = 10
const CARRIAGE_RETURN = 13

const FIELD_START = 0
const PLAIN = 1
const QUOTED = 2
const AFTER_QUOTE = 3
const AFTER_RETURN = 4
const BROKEN = 5

/** Why a record cannot be read: a quote where none may be, one that is never closed, a line above the limit, bytes that are no text. */
export type CsvFault = 'stray_quote' | 'unclosed_quote' | 'line_too_long' | 'not_utf8'

/** The bytes of one record without its line end (the first 800 where it has a fault), and the physical line where it begins. */
export type CsvRecord = { line: number; bytes: Buffer; fault: CsvFault | null }

/** Where the scan of an unfinished record stands; offsets count from the start of the buffer. */
type Place = { at: number; state: number; lines: number; firstLineEnd: number }
type Cut = { end: number; fault: CsvFault | null }

/** Most bytes of a faulty record that are kept for the report. */
const KEPT_BYTES = 800

/**
 * Cuts a stream of CSV bytes into records, in memory bounded by `maxLineBytes` and the largest chunk.
 *
 * Strict: a quote opens a field only as its first byte and closes it only before a delimiter or line end. A record that
 * breaks this costs one physical line: reading goes on at the line after the one where the record began, so that a
 * forgotten quote does not swallow the file. Strictness also keeps the work linear: a line that opens a quote when read
 * from outside closes it when read from inside, so no byte is read again and again. Empty lines are counted, not yielded.
 */
export async function* splitRecords(
  source: AsyncIterable<Buffer>,
  delimiter: number,
  maxLineBytes: number,
): AsyncGenerator<CsvRecord[]> {
  const splitter = new RecordSplitter(delimiter, maxLineBytes)
  for await (const chunk of source) {
    const records = splitter.push(chunk)
    if (records.length > 0) yield records
  }
  const records = splitter.finish()
  if (records.length > 0) yield records
}

class RecordSplitter {
  readonly #delimiter: number
  readonly #maxLineBytes: number
  readonly #keptBytes: number
  #buffer: Buffer = Buffer.alloc(0)
  #line = 1
  #place: Place = { at: 0, state: FIELD_START, lines: 0, firstLineEnd: 0 }
  /** True while the rest of a line above the limit is passed over. */
  #dropping = false

  constructor(delimiter: number, maxLineBytes: number) {
    this.#delimiter = delimiter
    this.#maxLineBytes = maxLineBytes
    this.#keptBytes = Math.min(KEPT_BYTES, maxLineBytes)
  }

  push(chunk: Buffer): CsvRecord[] {
    const fresh = this.#dropping ? this.#dropLine(chunk) : chunk
    this.#buffer = this.#buffer.length > 0 ? Buffer.concat([this.#buffer, fresh]) : fresh
    return this.#take(false)
  }

  finish(): CsvRecord[] {
    return this.#take(true)
  }

  #take(isLast: boolean): CsvRecord[] {
    const records: CsvRecord[] = []
    let start = 0
    while (start < this.#buffer.length) {
      const cut = this.#cut(start, isLast)
      if (!cut) break
      const isRewound = cut.fault !== null && this.#place.firstLineEnd === cut.end
      const bytes = trimLineEnd(this.#buffer.subarray(start, cut.end))
      if (cut.fault) records.push({ line: this.#line, bytes: bytes.subarray(0, this.#keptBytes), fault: cut.fault })
      else if (bytes.length > 0) records.push({ line: this.#line, bytes, fault: null })
      this.#line += isRewound ? 1 : this.#place.lines
      start = cut.end
      this.#place = { at: start, state: FIELD_START, lines: 0, firstLineEnd: 0 }
    }
    this.#buffer = this.#buffer.subarray(start)
    this.#place.at -= start
    if (this.#place.firstLineEnd > 0) this.#place.firstLineEnd -= start
    return records
  }

  /** Where the record at `start` ends; undefined when its end has not arrived. */
  #cut(start: number, isLast: boolean): Cut | undefined {
    const place = this.#place
    const hasEnded = scan(this.#buffer, place, this.#delimiter)
    const fault = place.state === BROKEN ? 'stray_quote' : null
    if (place.at - start > this.#maxLineBytes) return this.#cutLong(start)
    if (fault && place.firstLineEnd > 0) return { end: place.firstLineEnd, fault }
    if (hasEnded) return { end: place.at, fault }
    if (!isLast) return undefined
    if (place.state === QUOTED) return { end: place.firstLineEnd || this.#buffer.length, fault: 'unclosed_quote' }
    return { end: this.#buffer.length, fault }
  }

  #cutLong(start: number): Cut {
    const place = this.#place
    if (place.firstLineEnd > 0 && place.firstLineEnd - start <= this.#maxLineBytes) {
      return { end: place.firstLineEnd, fault: 'unclosed_quote' }
    }
    const lineFeed = this.#buffer.indexOf(LINE_FEED, start)
    this.#dropping = lineFeed < 0
    place.firstLineEnd = 0
    place.lines = lineFeed < 0 ? 0 : 1
    return { end: lineFeed < 0 ? this.#buffer.length : lineFeed + 1, fault: 'line_too_long' }
  }

  #dropLine(chunk: Buffer): Buffer {
    const lineFeed = chunk.indexOf(LINE_FEED)
    if (lineFeed < 0) return Buffer.alloc(0)
    this.#dropping = false
    this.#line += 1
    return chunk.subarray(lineFeed + 1)
  }
}

/** Moves `place` to the record's end (true), to a broken quote of a record of several lines, or to the buffer's end (false). */
function scan(buffer: Buffer, place: Place, delimiter: number): boolean {
  let { at, state } = place
  const length = buffer.length
  let hasEnded = false
  while (at < length && !hasEnded) {
    const byte = buffer[at++]
    if (byte === LINE_FEED) {
      place.lines += 1
      hasEnded = state !== QUOTED
      if (!hasEnded && place.firstLineEnd === 0) place.firstLineEnd = at
    } else {
      state = nextState(state, byte, delimiter)
      if (state === BROKEN && place.firstLineEnd > 0) break
    }
  }
  place.at = at
  place.state = state
  return hasEnded
}

function nextState(state: number, byte: number | undefined, delimiter: number): number {
  switch (state) {
    case FIELD_START:
      return byte === QUOTE ? QUOTED : byte === delimiter ? FIELD_START : PLAIN
    case PLAIN:
      return byte === delimiter ? FIELD_START : byte === QUOTE ? BROKEN : PLAIN
    case QUOTED:
      return byte === QUOTE ? AFTER_QUOTE : QUOTED
    case AFTER_QUOTE:
      if (byte === QUOTE) return QUOTED
      return byte === delimiter ? FIELD_START : byte === CARRIAGE_RETURN ? AFTER_RETURN : BROKEN
    default:
      return BROKEN
  }
}

function trimLineEnd(bytes: Buffer): Buffer {
  let end = bytes.length
  if (bytes[end - 1] === LINE_FEED) end -= 1
  if (bytes[end - 1] === CARRIAGE_RETURN) end -= 1
  return bytes.subarray(0, end)
}
