import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import { sql } from 'kysely'
import { after, START } from '../../../test/seed.ts'
import { openFakeChannel, runInput, type SeededCampaign, seedCampaign, start } from '../../../test/seed-campaign.ts'
import { openTestServer, type TestServer } from '../../../test/server.ts'
import { runCampaign } from '../../campaigns/run-campaign.ts'
import type { OutgoingEmail } from '../../channels/email/email-channel.ts'
import { revokeCode } from '../../codes/revoke/revoke.ts'
import { countHits } from '../../messages/tracking/count-hits.ts'
import { reportCampaign } from '../../reports/campaigns.ts'
import { reportTemplate } from '../../reports/messages.ts'
import { registerSentMailRoutes } from './sent-mail.ts'

const SAFARI = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1'
const MAIL = {
  subject: 'Hi {{ first_name }}',
  html: `<html><head></head><body><p>{% web_view %} {{ person.city }}</p><a href="https://shop.example/{{ person.city }}?a=1&amp;b=2">one</a>
    <a href="{% coupon_link 'WELCOME20' '/sale' %}">two</a><a href="https://three.example/">three</a>
    <p>{% coupon_code 'WELCOME20' %}</p>{% unsubscribe %}</body></html>`,
}

let server: TestServer
let now = START
before(async () => {
  server = await openTestServer(registerSentMailRoutes, { now: () => now, publicUrl: 'https://shop.example' })
})
afterAll(() => server[Symbol.asyncDispose]())

/** A campaign that was sent at START, and what its people got. */
async function seedSent(
  people: number,
  account: Record<string, boolean> = {},
): Promise<{ seeded: SeededCampaign; mails: OutgoingEmail[] }> {
  const seeded = await seedCampaign(server.db, { people, mail: MAIL })
  const { accountId } = seeded
  await sql`update stores set url = 'https://store.example' where account_id = ${accountId}`.execute(server.db)
  await sql`update profiles set first_name = 'Ada', properties = '{"city": "Köln", "more": 1}' where account_id = ${accountId}`.execute(
    server.db,
  )
  if (account.trackOpens === false)
    await sql`update accounts set track_opens = false where id = ${accountId}`.execute(server.db)
  if (account.trackClicks === false)
    await sql`update accounts set track_clicks = false where id = ${accountId}`.execute(server.db)
  await start(server.db, seeded)
  const channel = openFakeChannel()
  await runCampaign(server.db, runInput(seeded, channel))
  return { seeded, mails: channel.mails }
}

const linksIn = (mail: OutgoingEmail | undefined, page: string): string[] =>
  [...(mail?.html ?? '').matchAll(new RegExp(`https://shop\\.example(/${page}/[\\w-]+)`, 'g'))].map(
    ([, path]) => path ?? '',
  )

async function get(
  path: string,
  second: number,
  headers: Record<string, string> = { 'user-agent': SAFARI },
  method = 'GET',
) {
  now = after(second)
  return await server.call<unknown>(method, path, { headers })
}

async function numbersOf(seeded: SeededCampaign, second: number): Promise<object> {
  await countHits(server.db, after(second))
  const { rows } = await sql<{ metric: string; n: number }>`
    select metric, count(*)::int as n from events where account_id = ${seeded.accountId} and metric in ('message_opened', 'message_clicked') group by 1`.execute(
    server.db,
  )
  const { rows: totals } = await sql<{ opens: number; clicks: number; hits: number }>`
    select sum(opens)::int as opens, sum(clicks)::int as clicks,
      (select count(*)::int from message_hits where account_id = ${seeded.accountId}) as hits
    from messages where account_id = ${seeded.accountId}`.execute(server.db)
  return { ...totals[0], ...Object.fromEntries(rows.map(({ metric, n }) => [metric, n])) }
}

test('each link leads to its target, and no address of ours holds the code', async () => {
  const { mails } = await seedSent(1)
  const code = mails[0]?.html.match(/WELCOME20-[2-9A-Z]{11}/)?.[0] ?? assert.fail()
  const paths = linksIn(mails[0], 'c')
  const answers = await Promise.all(paths.map((path) => get(path, 60)))
  assert.deepEqual(
    answers.map(({ status, headers }) => [status, headers.location]),
    [
      [302, 'https://shop.example/K%C3%B6ln?a=1&b=2'],
      [302, `https://store.example/sale?discount=${code}`],
      [302, 'https://three.example/'],
    ],
  )
  assert.ok(
    answers.every(
      ({ headers }) => headers['cache-control'] === 'private, no-store' && headers['set-cookie'] === undefined,
    ),
  )
  assert.ok([...(mails[0]?.html.matchAll(/(?:href|src)="([^"]+)"/g) ?? [])].every(([, url]) => !url?.includes(code)))
  for (const secret of [code, ...paths.map((path) => path.slice(3))]) assert.ok(!server.logs().includes(secret), secret)
})

test('data that changes after the mail went out changes no link and no word of its page', async () => {
  const { seeded, mails } = await seedSent(1)
  await sql`update profiles set first_name = 'Bo', properties = '{}' where account_id = ${seeded.accountId}`.execute(
    server.db,
  )
  const [click] = linksIn(mails[0], 'c')
  assert.equal((await get(click ?? '', 60)).headers.location, 'https://shop.example/K%C3%B6ln?a=1&b=2')
  const page = (await get(linksIn(mails[0], 'w')[0] ?? '', 60)).text
  const gone = (html = '') => html.replace(/<img[^>]*\/o\/[^>]*>/, '').replace(/<head>.*?<\/head>/, '<head></head>')
  assert.equal(gone(page), gone(mails[0]?.html))
})

test('first opens and clicks count once each and make an event; repeats are totals', async () => {
  const { seeded, mails } = await seedSent(3)
  for (const second of [60, 100, 200]) {
    assert.equal((await get(linksIn(mails[0], 'o')[0] ?? '', second)).status, 200)
    await get(linksIn(mails[0], 'c')[1] ?? '', second)
  }
  await get(linksIn(mails[1], 'o')[0] ?? '', 60)
  const all = { opens: 4, clicks: 3, hits: 0, message_opened: 2, message_clicked: 1 }
  assert.deepEqual(await numbersOf(seeded, 300), all)
  await get(linksIn(mails[0], 'c')[1] ?? '', 400)
  assert.deepEqual(await numbersOf(seeded, 500), { ...all, clicks: 4 })
  const report = await reportCampaign(server.db, seeded)
  assert.deepEqual([report.sent, report.opened, report.clicked], [3, 2, 1])
  const { templateId } = seeded
  assert.deepEqual(await reportTemplate(server.db, seeded), { templateId, sent: 3, opened: 2, clicked: 1 })
})

test('machines count nothing: by name, HEAD, seconds after the mail went out, or all links at once; they still get on', async () => {
  const { seeded, mails } = await seedSent(1)
  const [mail] = mails
  const first = linksIn(mail, 'c')[0] ?? ''
  const pixel = linksIn(mail, 'o')[0] ?? ''
  for (const path of [first, pixel]) {
    await get(path, 60, { 'user-agent': 'Mozilla/5.0 (compatible; bingbot/2.0)' })
    await get(path, 60, { 'user-agent': SAFARI }, 'HEAD')
    await get(path, 4)
  }
  assert.deepEqual(await numbersOf(seeded, 100), { opens: 0, clicks: 0, hits: 0 })
  for (const [nth, path] of linksIn(mail, 'c').entries()) assert.equal((await get(path, 200 + nth)).status, 302)
  assert.deepEqual(await numbersOf(seeded, 300), { opens: 0, clicks: 0, hits: 0 })
  await get(first, 400)
  assert.deepEqual(await numbersOf(seeded, 500), { opens: 0, clicks: 1, hits: 0, message_clicked: 1 })
})

test('however often one calls, a message has a row for each link at most; workers that count at once count each call once', async () => {
  const { seeded, mails } = await seedSent(40)
  for (const mail of mails)
    await Promise.all(
      [1, 2, 3].map(() => get(linksIn(mail, 'c')[0] ?? '', 60)).concat(get(linksIn(mail, 'o')[0] ?? '', 60)),
    )
  const { rows } = await sql<{
    n: number
  }>`select count(*)::int as n from message_hits where account_id = ${seeded.accountId}`.execute(server.db)
  assert.equal(rows[0]?.n, 80)
  await Promise.all([1, 2, 3, 4].map(() => countHits(server.db, after(100))))
  assert.deepEqual(await numbersOf(seeded, 100), {
    opens: 40,
    clicks: 120,
    hits: 0,
    message_opened: 40,
    message_clicked: 40,
  })
})

test('an address that was changed, or that belongs to no message that went out, leads nowhere', async () => {
  const { seeded, mails } = await seedSent(1)
  for (const page of ['c', 'w']) {
    const path = linksIn(mails[0], page)[0] ?? ''
    for (const bad of [
      `${path}A`,
      path.slice(0, -1),
      `/${page}/x`,
      path.slice(0, 20) + (path[20] === 'A' ? 'B' : 'A') + path.slice(21),
    ]) {
      const answer = await get(bad, 60)
      assert.deepEqual([answer.status, answer.headers.location], [404, undefined], bad)
      assert.match(answer.text, /This link does not work/)
    }
  }
  await sql`update messages set state = 'skipped' where account_id = ${seeded.accountId}`.execute(server.db)
  for (const page of ['c', 'w']) assert.equal((await get(linksIn(mails[0], page)[0] ?? '', 60)).status, 404)
  assert.deepEqual(await numbersOf(seeded, 100), { opens: 0, clicks: 0, hits: 0 })
})

test('an account that counts no clicks, or no opens, has plain links, or no pixel', async () => {
  const noClicks = await seedSent(1, { trackClicks: false })
  assert.deepEqual(linksIn(noClicks.mails[0], 'c'), [])
  assert.match(noClicks.mails[0]?.html ?? '', /href="https:\/\/three\.example\/"/)
  assert.equal(linksIn(noClicks.mails[0], 'o').length, 1)
  const noOpens = await seedSent(1, { trackOpens: false })
  assert.deepEqual([linksIn(noOpens.mails[0], 'o').length, linksIn(noOpens.mails[0], 'c').length], [0, 3])
})

test('a code that was revoked is shown by no page and applied by no link of the mail any more', async () => {
  const { seeded, mails } = await seedSent(1)
  const { accountId } = seeded
  const { rows } = await sql<{ codeId: string; code: string }>`
    select id as "codeId", code from codes where account_id = ${accountId} and state = 'live'`.execute(server.db)
  const { codeId, code } = rows[0] ?? assert.fail()
  assert.ok(mails[0]?.html.includes(code))
  await revokeCode(server.db, { accountId, codeId, reason: 'Shared in a forum', now: after(30) })
  const page = await get(linksIn(mails[0], 'w')[0] ?? '', 60)
  assert.ok(!page.text.includes(code) && !page.text.includes('Shared'))
  assert.match(page.text, /<p role="note"[^>]*>The code of this message was withdrawn\./)
  assert.match(page.text, /<p>WITHDRAWN<\/p>/)
  const targets = await Promise.all(linksIn(mails[0], 'c').map(async (path) => (await get(path, 60)).headers.location))
  assert.deepEqual(targets, [
    'https://shop.example/K%C3%B6ln?a=1&b=2',
    'https://store.example/sale',
    'https://three.example/',
  ])
})

test('the page of a mail runs no script, sets no cookie, is found by no search engine, and says which codes work no more', async () => {
  const { seeded, mails } = await seedSent(1)
  const path = linksIn(mails[0], 'w')[0] ?? ''
  const fresh = await get(path, 60)
  assert.equal(fresh.status, 200)
  assert.match(String(fresh.headers['content-security-policy']), /default-src 'none'.*sandbox/)
  assert.doesNotMatch(String(fresh.headers['content-security-policy']), /script/)
  assert.deepEqual(
    [fresh.headers['x-robots-tag'], fresh.headers['set-cookie'], fresh.headers['referrer-policy']],
    ['noindex, nofollow', undefined, 'no-referrer'],
  )
  assert.match(fresh.text, /<title>Hi Ada<\/title>/)
  assert.doesNotMatch(fresh.text, /\/o\/|has expired/)
  const code = fresh.text.match(/WELCOME20-[2-9A-Z]{11}/)?.[0] ?? ''
  assert.ok(mails[0]?.html.includes(code))
  assert.match(
    (await get(path, 10 * 365 * 86_400)).text,
    new RegExp(`<body><p role="note"[^>]*>The code ${code} has expired`),
  )
  await sql`update codes set state = 'redeemed' where account_id = ${seeded.accountId}`.execute(server.db)
  assert.match((await get(path, 60)).text, new RegExp(`The code ${code} has been used`))
})
