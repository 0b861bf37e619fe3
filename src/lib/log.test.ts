import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import { createLogger } from './log.ts'

function record(): { lines: () => string; stream: Writable } {
  const chunks: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk))
      done()
    },
  })
  return { lines: () => chunks.join(''), stream }
}

test('codes, passwords, cookies and keys are masked at the first levels of an entry', () => {
  const { lines, stream } = record()
  const log = createLogger('info', stream)
  log.info({ code: 'LEAK-1', body: { password: 'LEAK-2', cart: { code: 'LEAK-3' } } }, 'entry')
  log.info({ req: { headers: { authorization: 'LEAK-4', cookie: 'LEAK-5' } }, codes: ['LEAK-6'], apiKey: 'LEAK-7' })
  assert.ok(!lines().includes('LEAK'), lines())
  assert.ok(lines().includes('entry'))
})

test('an error is logged with its causes, without the values that a driver puts into its fields', () => {
  const { lines, stream } = record()
  const cause = Object.assign(new Error('duplicate key value violates unique constraint "codes_code"'), {
    code: '23505',
    constraint: 'codes_code',
    detail: 'Key (code)=(LEAK-1) already exists.',
    parameters: ['LEAK-2'],
  })
  createLogger('info', stream).error({ err: new Error('Codes could not be added', { cause }) })
  const entry = JSON.parse(lines())
  assert.ok(!lines().includes('LEAK'), lines())
  assert.equal(entry.err.message, 'Codes could not be added')
  assert.equal(entry.err.cause.errorCode, '23505')
  assert.match(entry.err.cause.stack, /log\.test\.ts/)
})
