import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import { openTestDatabase } from '../../test/database.ts'
import { START } from '../../test/seed.ts'
import { seedTexts } from '../../test/seed-texts.ts'
import { addHttp, addTwilio } from '../../test/sms-services.ts'
import type { Database, Db } from '../db/database.ts'
import { deactivateSender, updateSender } from '../messages/senders/senders.ts'
import { reviewCampaign } from './review.ts'

const facts = { secret: 's'.repeat(32), publicUrl: 'https://shop.example', now: START }

let database: Database
let db: Db
before(async () => {
  database = await openTestDatabase()
  db = database.db
})
afterAll(() => database[Symbol.asyncDispose]())

test('a review names the sender of texts and what it lacks, whatever the sender of emails lacks', async () => {
  const seeded = await seedTexts(db, 1)
  const { accountId } = seeded
  const review = async () => {
    const { sender, channel, problems, notices } = await reviewCampaign(db, { ...seeded, channel: 'smtp', now: START })
    const codes = (list: { code: string }[]) => list.map(({ code }) => code).filter((code) => code !== 'codes_missing')
    return [sender, channel, codes(problems), codes(notices)]
  }
  assert.deepEqual(await review(), [null, 'outbox', [], []])
  const senderId = await addTwilio(db, accountId, { fromAddress: null })
  assert.deepEqual(await review(), [null, 'twilio', ['sender_missing'], []])
  await updateSender(db, { ...facts, accountId, senderId, fromAddress: '+15005550006' })
  assert.deepEqual(await review(), ['+15005550006', 'twilio', [], []])
  const setup = {
    provider: 'twilio' as const,
    settings: { accountSid: 'AC1', messagingServiceSid: 'MG1' },
    secrets: {},
  }
  await updateSender(db, { ...facts, accountId, senderId, fromAddress: null, setup })
  assert.deepEqual(await review(), ['MG1', 'twilio', [], []])
  await deactivateSender(db, { ...facts, accountId, senderId })
  await addHttp(db, accountId, 'https://sms.example', { name: 'Other', fromAddress: null })
  assert.deepEqual(await review(), [null, 'http', ['sender_missing'], ['stop_not_heard']])
})
