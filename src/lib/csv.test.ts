import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { CsvError, type CsvLimits, openCsv } from './csv.ts'

const LIMITS: CsvLimits = { maxLineBytes: 1000, maxFileBytes: 1_000_000, rowsPerBatch: 3 }

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function read(content: string | Buffer, limits = LIMITS, chunkSize = 7) {
  const file = await openCsv(inChunks(Buffer.from(content), chunkSize), limits)
  const rows: { line: number; cells: string[] }[] = []
  const bad: { line: number; fault: string; text: string }[] = []
  for await (const batch of file.batches) {
    assert.ok(batch.rows.length + batch.bad.length <= limits.rowsPerBatch)
    rows.push(...batch.rows)
    bad.push(...batch.bad)
  }
  return { header: file.header, rows, bad }
}

function hasCode(code: string) {
  return (error: unknown) => error instanceof CsvError && error.code === code
}

test('rows carry the physical line where they begin, also behind quoted line breaks and empty lines', async () => {
  const { header, rows } = await read('a,b\r\n1,"x\r\ny"\r\n\r\n2,"say ""hi"""\r\n3,z')
  assert.deepEqual(header, ['a', 'b'])
  assert.deepEqual(rows, [
    { line: 2, cells: ['1', 'x\r\ny'] },
    { line: 5, cells: ['2', 'say "hi"'] },
    { line: 6, cells: ['3', 'z'] },
  ])
})

test('commas, semicolons and tabs are told apart by the header', async () => {
  for (const delimiter of [',', ';', '\t']) {
    const { header, rows } = await read(`a${delimiter}"b, c; d"${delimiter}e\n1${delimiter}2${delimiter}3\n`)
    assert.deepEqual(header, ['a', 'b, c; d', 'e'])
    assert.deepEqual(rows[0]?.cells, ['1', '2', '3'])
  }
})

test('a byte order mark is passed over', async () => {
  assert.deepEqual((await read('\uFEFFa,b\n1,2\n')).header, ['a', 'b'])
})

test('a forgotten quote costs its line and no other', async () => {
  const { rows, bad } = await read('a,b\n1,"open\n2,x\n3,y\n')
  assert.deepEqual(
    rows.map((row) => row.line),
    [3, 4],
  )
  assert.deepEqual(bad, [{ line: 2, fault: 'unclosed_quote', text: '1,"open' }])
})

test('a quote in the middle of a value is a bad row', async () => {
  const { rows, bad } = await read('a,b\n1,5" nail\n2,"x"y\n3,"ok"\n')
  assert.deepEqual(rows, [{ line: 4, cells: ['3', 'ok'] }])
  assert.deepEqual(
    bad.map((row) => [row.line, row.fault]),
    [
      [2, 'stray_quote'],
      [3, 'stray_quote'],
    ],
  )
})

test('a quote that is closed in the wrong place lines later costs the first line only', async () => {
  const { rows, bad } = await read('a,b\n1,"open\n2,x\n3,"y"\n4,z\n')
  assert.deepEqual(
    bad.map((row) => [row.line, row.fault]),
    [[2, 'stray_quote']],
  )
  assert.deepEqual(
    rows.map((row) => row.cells),
    [
      ['2', 'x'],
      ['3', 'y'],
      ['4', 'z'],
    ],
  )
})

test('bytes that are not UTF-8 are refused at the start and are a bad row later', async () => {
  await assert.rejects(read(Buffer.from('name\nM\xfcller\n', 'latin1')), hasCode('wrong_encoding'))
  await assert.rejects(read(Buffer.from('\uFEFFname\nMüller\n', 'utf16le')), hasCode('wrong_encoding'))
  await assert.rejects(read(Buffer.from('name\nMueller\n', 'utf16le')), hasCode('wrong_encoding'))
  const late = Buffer.concat([
    Buffer.from('name\n'.padEnd(70_000, 'ok\n')),
    Buffer.from('\nM\xfcller\nlast\n', 'latin1'),
  ])
  const { rows, bad } = await read(late, { ...LIMITS, rowsPerBatch: 5000 }, 9973)
  assert.deepEqual(
    bad.map((row) => row.fault),
    ['not_utf8'],
  )
  assert.equal(rows.at(-1)?.cells[0], 'last')
})

test('a character that is cut by the end of the first look is no wrong encoding', async () => {
  for (const shift of [0, 1, 2, 3]) {
    const { rows } = await read(
      `name\n${'x'.repeat(shift)}${'😀\n'.repeat(20_000)}`,
      { ...LIMITS, rowsPerBatch: 9999 },
      65_536,
    )
    assert.equal(rows.length, 20_000)
  }
})

test('an empty file, a blank one and a header with a broken quote are refused', async () => {
  await assert.rejects(read(''), hasCode('empty_file'))
  await assert.rejects(read('\uFEFF\n\n'), hasCode('empty_file'))
  await assert.rejects(read('a,"b\n1,2\n'), hasCode('invalid_csv'))
  await assert.rejects(read('a,b\r1,2\r'), hasCode('invalid_csv'))
})

test('a line above the limit is a bad row and the next one is read', async () => {
  const { rows, bad } = await read(`a\n${'x'.repeat(5000)}\nlast\n`, LIMITS, 64)
  assert.deepEqual(rows, [{ line: 3, cells: ['last'] }])
  assert.deepEqual(
    bad.map((row) => [row.line, row.fault, row.text.length]),
    [[2, 'line_too_long', 800]],
  )
})

test('a file above the limit is refused while it is read', async () => {
  await assert.rejects(
    read(`a\n${'x\n'.repeat(1000)}`, { ...LIMITS, maxFileBytes: 1500 }),
    hasCode('payload_too_large'),
  )
})

test('a line of 300 MB and one with an open quote of 300 MB are read in constant memory', async () => {
  const block = Buffer.alloc(65_536, 'x')
  async function* endless(start: string): AsyncGenerator<Buffer> {
    yield Buffer.from(start)
    for (let sent = 0; sent < 300e6; sent += block.length) yield block
    yield Buffer.from('\nlast\n')
  }
  const limits = { maxLineBytes: 1_048_576, maxFileBytes: 2 ** 31, rowsPerBatch: 1000 }
  for (const start of ['a\n', 'a\n"']) {
    let peak = 0
    const timer = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage.rss())
    }, 5)
    const before = process.memoryUsage.rss()
    const file = await openCsv(endless(start), limits)
    const rows: unknown[] = []
    const bad: string[] = []
    for await (const batch of file.batches) {
      rows.push(...batch.rows.map((row) => row.line))
      bad.push(...batch.bad.map((row) => row.fault))
    }
    clearInterval(timer)
    assert.deepEqual({ rows, bad }, { rows: [3], bad: ['line_too_long'] })
    assert.ok(peak - before < 150e6, `grew by ${peak - before} bytes`)
  }
})

test('whatever is written is read again, however it is cut into chunks', async () => {
  const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', ';', '\n', 'é', '😀', ' ', '\t'), maxLength: 8 })
  const table = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(table, fc.integer({ min: 1, max: 40 }), async (cells, chunkSize) => {
      const { rows, bad } = await read(stringify([['h', 'i'], ...cells], { quoted: true }), LIMITS, chunkSize)
      assert.deepEqual(bad, [])
      assert.deepEqual(
        rows.map((row) => row.cells),
        cells.filter((row) => row.some((value) => value.trim() !== '')),
      )
    }),
    { numRuns: 300 },
  )
})

test('no bytes break the reader, and chunks change nothing', async () => {
  const noise = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', '""'), maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(noise, fc.integer({ min: 1, max: 20 }), async (text, chunkSize) => {
      const content = `h,i\n${text}\nlast,line\n`
      const inPieces = await read(content, { ...LIMITS, maxLineBytes: 20 }, chunkSize)
      const lines = [...inPieces.rows, ...inPieces.bad].map((row) => row.line)
      assert.equal(new Set(lines).size, lines.length)
      assert.ok(lines.every((line) => line > 1 && line < content.split('\n').length))
      assert.deepEqual(await read(content, { ...LIMITS, maxLineBytes: 20 }, 4096), inPieces)
    }),
    { numRuns: 1000 },
  )
})
