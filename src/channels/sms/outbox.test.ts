import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { SAMPLE_SMS } from '../../../test/sample-sms.ts'
import { openSmsOutbox, readOutboxSms, smsOutboxFile } from './outbox.ts'

let folder: string
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'onecode-sms-outbox-'))
})
after(() => rmSync(folder, { recursive: true, force: true }))

test('a text message is one whole file beside the mails, can be read back, and sent again leaves one file', async () => {
  await using outbox = openSmsOutbox(folder)
  const sent = { status: 'sent', providerId: SAMPLE_SMS.messageId }
  assert.deepEqual(await outbox.send({ ...SAMPLE_SMS, body: 'first' }), sent)
  assert.deepEqual(await outbox.send(SAMPLE_SMS), sent)
  assert.deepEqual(readdirSync(join(folder, 'outbox/a1/c1')), [`${SAMPLE_SMS.messageId}.json`])
  const { from, to, body } = SAMPLE_SMS
  const file = smsOutboxFile('a1', 'c1', SAMPLE_SMS.messageId)
  assert.deepEqual(await readOutboxSms(folder, file), { from, to, body })
  assert.equal((await outbox.verify()).ok, true)
})

test('a file that is not there or is no message is undefined', async () => {
  mkdirSync(join(folder, 'outbox/a1/c2'), { recursive: true })
  writeFileSync(join(folder, smsOutboxFile('a1', 'c2', 'broken')), '{"from":')
  for (const name of ['none', 'broken'])
    assert.equal(await readOutboxSms(folder, smsOutboxFile('a1', 'c2', name)), undefined)
})

test('a folder that cannot be written defers the message and is told when the outbox is tested', async () => {
  const file = join(folder, 'file')
  writeFileSync(file, '')
  await using outbox = openSmsOutbox(file)
  assert.equal((await outbox.send(SAMPLE_SMS)).status, 'deferred')
  assert.equal((await outbox.verify()).ok, false)
})
