import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import type { OutgoingEmail } from './email-channel.ts'
import { openOutbox, outboxFile, readOutboxMail } from './outbox.ts'

let folder: string
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'onecode-outbox-'))
})
after(() => rmSync(folder, { recursive: true, force: true }))

const email: OutgoingEmail = {
  messageId: 'm1',
  attempt: 1,
  accountId: 'a1',
  group: 'c1',
  from: '"Café Größe" <shop@linden.example>',
  to: 'zoe@example.com',
  subject: 'Your code, Zoë',
  html: '<p>Grüße</p>',
  text: 'Grüße',
  headers: { 'List-Unsubscribe': '<https://shop.example/unsubscribe/x>' },
}

test('a mail is one whole file under its own name, and can be read back', async () => {
  await using outbox = openOutbox(folder)
  assert.deepEqual(await outbox.send(email), { status: 'sent', providerId: 'm1' })
  const file = outboxFile('a1', 'c1', 'm1')
  assert.deepEqual(readdirSync(join(folder, dirname(file))), ['m1.eml'])
  const mail = await readOutboxMail(folder, file)
  assert.deepEqual([mail?.subject, mail?.from, mail?.to], [email.subject, 'Café Größe <shop@linden.example>', email.to])
  assert.deepEqual([mail?.html.trim(), mail?.text.trim()], [email.html, email.text])
})

test('sending a message again leaves one file', async () => {
  await using outbox = openOutbox(folder)
  const again = { ...email, group: 'c2' }
  await outbox.send(again)
  await Promise.all([outbox.send(again), outbox.send({ ...again, messageId: 'm2' })])
  await outbox.send({ ...again, subject: 'Second' })
  assert.deepEqual(readdirSync(join(folder, 'outbox/a1/c2')).toSorted(), ['m1.eml', 'm2.eml'])
  assert.equal((await readOutboxMail(folder, outboxFile('a1', 'c2', 'm1')))?.subject, 'Second')
})

test('a folder that cannot be written defers the mail with the reason, and works again once it can', async () => {
  await using outbox = openOutbox(folder)
  const blocked = { ...email, accountId: 'a2' }
  writeFileSync(join(folder, 'outbox/a2'), 'a file where the folder should be')
  const outcome = await outbox.send(blocked)
  assert.equal(outcome.status, 'deferred')
  assert.match(outcome.status === 'deferred' ? outcome.reason : '', /EEXIST|ENOTDIR/)
  rmSync(join(folder, 'outbox/a2'))
  assert.equal((await outbox.send(blocked)).status, 'sent')
})

test('a folder that was deleted meanwhile is made again at the next try', async () => {
  await using outbox = openOutbox(folder)
  const mail = { ...email, group: 'c3' }
  await outbox.send(mail)
  rmSync(join(folder, 'outbox'), { recursive: true })
  assert.equal((await outbox.send(mail)).status, 'deferred')
  assert.equal((await outbox.send(mail)).status, 'sent')
})

test('a full disk defers the mail and leaves no half of it', { skip: !existsSync('/dev/full') }, async () => {
  await using outbox = openOutbox(folder)
  await outbox.send({ ...email, group: 'c4', messageId: 'first' })
  const part = join(folder, 'outbox/a1/c4/m1.eml.part')
  symlinkSync('/dev/full', part)
  const outcome = await outbox.send({ ...email, group: 'c4' })
  assert.match(outcome.status === 'deferred' ? outcome.reason : outcome.status, /ENOSPC/)
  assert.deepEqual(readdirSync(join(folder, 'outbox/a1/c4')), ['first.eml'])
})

test('a mail that is not there is undefined', async () => {
  assert.equal(await readOutboxMail(folder, outboxFile('a1', 'c1', 'none')), undefined)
})
