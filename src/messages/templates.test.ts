import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import { sql } from 'kysely'
import { openTestDatabase } from '../../test/database.ts'
import { after, START, seedAccount, seedCoupon, seedProfiles } from '../../test/seed.ts'
import { MAIL, seedCampaign, start } from '../../test/seed-campaign.ts'
import { cancelCampaign } from '../campaigns/moves.ts'
import { assignCodes } from '../codes/assign.ts'
import { countAvailable } from '../codes/pool.ts'
import type { Database, Db } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { maskCode } from '../lib/mask.ts'
import { previewMail } from './preview.ts'
import {
  archiveTemplate,
  checkMail,
  createMailCache,
  createTemplate,
  describeTemplate,
  listTemplates,
  requireTemplate,
  updateTemplate,
} from './templates.ts'

let database: Database
let db: Db
before(async () => {
  database = await openTestDatabase()
  db = database.db
})
afterAll(() => database[Symbol.asyncDispose]())

const refusal = (code: string) => (error: unknown) => error instanceof AppError && error.code === code

test('a coupon that is not there is named with its part, line and column', async () => {
  const { accountId } = await seedAccount(db)
  const content = { ...MAIL, html: "<p>\n  {% coupon_code 'WELCOM20' %}{% unsubscribe %}</p>" }
  const { issues } = await checkMail(db, { accountId, content })
  assert.deepEqual(
    issues.map(({ part, severity, code, line, column }) => ({ part, severity, code, line, column })),
    [{ part: 'html', severity: 'error', code: 'unknown_coupon', line: 2, column: 3 }],
  )
  assert.match(issues[0]?.message ?? '', /'WELCOM20'/)
})

test('a coupon of another account, or in another case, is not there', async () => {
  const account = await seedAccount(db)
  const other = await seedAccount(db)
  await seedCoupon(db, account)
  const codesFor = async (accountId: string, html: string): Promise<string[]> =>
    (await checkMail(db, { accountId, content: { ...MAIL, html } })).issues.map((issue) => issue.code)
  assert.deepEqual(await codesFor(account.accountId, MAIL.html), [])
  assert.deepEqual(await codesFor(other.accountId, MAIL.html), ['unknown_coupon'])
  assert.deepEqual(await codesFor(account.accountId, MAIL.html.toLowerCase()), ['unknown_coupon'])
})

test('a template with mistakes is saved, so that no work is lost, and says what is wrong', async () => {
  const { accountId } = await seedAccount(db)
  const saved = await createTemplate(db, { accountId, name: 'Draft', ...MAIL, html: '{% if %}', now: START })
  assert.equal(saved.version, 1)
  assert.ok(saved.issues.some((issue) => issue.severity === 'error'))
})

test('a change of content makes a version and the old one stays; a new name makes none', async () => {
  const { accountId } = await seedAccount(db)
  const { id: templateId } = await createTemplate(db, { accountId, name: 'A', ...MAIL, now: START })
  const first = await requireTemplate(db, { accountId, templateId })
  const renamed = await updateTemplate(db, { accountId, templateId, name: 'B', now: after(1) })
  assert.deepEqual([renamed.name, renamed.version], ['B', 1])
  const edited = await updateTemplate(db, { accountId, templateId, subject: 'New', now: after(2) })
  assert.deepEqual([edited.version, edited.subject, edited.html], [2, 'New', MAIL.html])
  const { rows } = await sql<{ subject: string }>`
    select subject from template_versions where account_id = ${accountId} and id = ${first.versionId}`.execute(db)
  assert.equal(rows[0]?.subject, MAIL.subject)
  const cleared = await updateTemplate(db, { accountId, templateId, text: 'by hand', now: after(3) })
  assert.equal(cleared.text, 'by hand')
  assert.equal((await updateTemplate(db, { accountId, templateId, text: null, now: after(4) })).text, null)
})

test('two who save at once make two versions, and neither is lost', async () => {
  const { accountId } = await seedAccount(db)
  const { id: templateId } = await createTemplate(db, { accountId, name: 'A', ...MAIL, now: START })
  await Promise.all(
    ['1', '2', '3', '4'].map((subject) => updateTemplate(db, { accountId, templateId, subject, now: START })),
  )
  const { rows } = await sql<{ version: number }>`
    select version from template_versions where account_id = ${accountId} order by version`.execute(db)
  assert.deepEqual(
    rows.map((row) => row.version),
    [1, 2, 3, 4, 5],
  )
})

test('of four savers at once who change different parts all have their change', async () => {
  const { accountId } = await seedAccount(db)
  const { id: templateId } = await createTemplate(db, { accountId, name: 'A', ...MAIL, now: START })
  for (const round of ['1', '2', '3', '4', '5']) {
    const changes = { subject: `subject ${round}`, previewText: `preview ${round}`, html: `html ${round}`, text: round }
    const parts = Object.entries(changes).map(([part, value]) => ({ [part]: value }))
    await Promise.all(parts.map((part) => updateTemplate(db, { accountId, templateId, ...part, now: START })))
    const { subject, previewText, html, text } = await describeTemplate(db, { accountId, templateId })
    assert.deepEqual({ subject, previewText, html, text }, changes)
  }
})

test('a name is taken whatever its case, until its template is put away', async () => {
  const { accountId } = await seedAccount(db)
  const save = (name: string) => createTemplate(db, { accountId, name, ...MAIL, now: START })
  const { id: templateId } = await save('Welcome')
  await assert.rejects(save('WELCOME'), refusal('name_taken'))
  const { id: other } = await save('Other')
  await assert.rejects(
    updateTemplate(db, { accountId, templateId: other, name: 'welcome', now: START }),
    refusal('name_taken'),
  )
  await archiveTemplate(db, { accountId, templateId, now: START })
  await save('Welcome')
})

test('a template that is put away is not listed, read or changed any more', async () => {
  const { accountId } = await seedAccount(db)
  const { id: templateId } = await createTemplate(db, { accountId, name: 'A', ...MAIL, now: START })
  await archiveTemplate(db, { accountId, templateId, now: START })
  assert.deepEqual((await listTemplates(db, { accountId, limit: 10 })).items, [])
  const gone = refusal('template_not_found')
  await assert.rejects(requireTemplate(db, { accountId, templateId }), gone)
  await assert.rejects(archiveTemplate(db, { accountId, templateId, now: START }), gone)
  await assert.rejects(updateTemplate(db, { accountId, templateId, subject: 'x', now: START }), gone)
})

test('a template is in use until its campaign has ended', async () => {
  const seeded = await seedCampaign(db, { people: 1 })
  const archive = () => archiveTemplate(db, { ...seeded, now: START })
  await assert.rejects(archive(), refusal('template_in_use'))
  await start(db, seeded)
  await assert.rejects(archive(), refusal('template_in_use'))
  await cancelCampaign(db, { ...seeded, now: START })
  await archive()
})

test('a template of another account is not there', async () => {
  const { accountId } = await seedAccount(db)
  const other = await seedAccount(db)
  const { id: templateId } = await createTemplate(db, { accountId, name: 'A', ...MAIL, now: START })
  await assert.rejects(requireTemplate(db, { accountId: other.accountId, templateId }), refusal('template_not_found'))
})

test('a preview shows a stand-in for each code and draws none', async () => {
  const account = await seedAccount(db)
  const { accountId } = account
  const coupon = await seedCoupon(db, account, { codes: 2 })
  const [profileId] = (await seedProfiles(db, accountId, 1)) as [string]
  await sql`update profiles set first_name = 'Ada' where id = ${profileId}`.execute(db)
  for (const who of [profileId, null]) {
    const preview = await previewMail(db, {
      publicUrl: 'https://shop.example',
      accountId,
      profileId: who,
      ...MAIL,
      now: START,
    })
    assert.match(preview.html, /<p>WELCOME20-preview<\/p>/)
    assert.deepEqual([preview.subject, preview.coupons, preview.issues], ['Welcome Ada', ['WELCOME20'], []])
  }
  assert.equal(await countAvailable(db, { accountId, coupon: coupon.id, now: START }), 2)
  const { rows } = await sql`select 1 from assignments where account_id = ${accountId}`.execute(db)
  assert.equal(rows.length, 0)
})

test('a preview of a broken mail shows what can be read and says what is wrong', async () => {
  const { accountId } = await seedAccount(db)
  const preview = await previewMail(db, {
    publicUrl: 'https://shop.example',
    accountId,
    profileId: null,
    ...MAIL,
    html: '{% endif %}',
    now: START,
  })
  assert.deepEqual([preview.subject, preview.html], ['Welcome Ada', ''])
  assert.ok(preview.issues.some((issue) => issue.part === 'html' && issue.severity === 'error'))
  const unknown = {
    accountId,
    publicUrl: 'https://shop.example',
    profileId: '00000000-0000-7000-8000-000000000001',
    ...MAIL,
    now: START,
  }
  await assert.rejects(previewMail(db, unknown), refusal('profile_not_found'))
})

test('compiled mails are kept by version, so that an edit is never sent by mistake', async () => {
  const { accountId } = await seedAccount(db)
  const { id: templateId } = await createTemplate(db, { accountId, name: 'A', ...MAIL, now: START })
  const { versionId } = await requireTemplate(db, { accountId, templateId })
  const cache = createMailCache()
  const before = await cache(db, accountId, versionId)
  await updateTemplate(db, { accountId, templateId, html: 'New', now: START })
  assert.equal(await cache(db, accountId, versionId), before)
  await assert.rejects(cache(db, accountId, accountId), refusal('template_not_found'))
})

test('a preview shows a person their own code masked, a stand-in to who has none, and draws nothing for either', async () => {
  const seeded = await seedCampaign(db, { people: 2, codes: 5, mail: { subject: 'Hi' } })
  const { accountId, coupon } = seeded
  const [has, hasNot] = seeded.profileIds as [string, string]
  const [open] = await assignCodes(db, { accountId, couponId: coupon.id, profileIds: [has], now: START })
  const code = open && 'code' in open ? open.code : assert.fail('no code')
  const count = async () =>
    (await sql`select code_id from assignments where account_id = ${accountId}`.execute(db)).rows.length +
    (await sql`select code_id from test_codes where account_id = ${accountId}`.execute(db)).rows.length
  const before = await count()
  const show = async (profileId: string | null, now = START) =>
    await previewMail(db, { publicUrl: 'https://shop.example', ...MAIL, accountId, profileId, now })
  const own = await show(has)
  assert.match(own.html, new RegExp(maskCode(code)))
  assert.ok(!JSON.stringify(own).includes(code))
  for (const profileId of [hasNot, null]) assert.match((await show(profileId)).html, /WELCOME20-preview/)
  assert.match((await show(has, after(7 * 86_400))).html, /WELCOME20-preview/, 'a code that is over is none')
  assert.equal(await count(), before)
})
