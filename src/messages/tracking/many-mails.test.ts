import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import { sql } from 'kysely'
import PostalMime from 'postal-mime'
import { after } from '../../../test/seed.ts'
import { openFakeChannel, readMessages, runInput, seedCampaign, start } from '../../../test/seed-campaign.ts'
import { openTestServer, type TestServer } from '../../../test/server.ts'
import { openSmtpSink } from '../../../test/smtp-sink.ts'
import { registerSentMailRoutes } from '../../api/routes/sent-mail.ts'
import { runCampaign } from '../../campaigns/run-campaign.ts'
import { openSmtp, parseSmtpUrl } from '../../channels/email/smtp.ts'

const PEOPLE = process.env.TEST_DATABASE_URL ? 2000 : 500 // PGlite does one thing at a time
const LINKS = 30
const SAFARI = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1'

let server: TestServer
before(async () => {
  const overrides = { now: () => after(60), publicUrl: 'https://shop.example' }
  server = await openTestServer(registerSentMailRoutes, overrides)
})
afterAll(() => server[Symbol.asyncDispose]())

test('30 links in the mails of many people: each leads to its target with the right person’s code, none holds a code', async () => {
  const links = Array.from({ length: LINKS }, (_, nth) =>
    nth % 10 === 9
      ? `<a href="{% coupon_link 'WELCOME20' '/p/${nth}' %}">${nth}</a>`
      : `<a href="https://target.example/${nth}?for={{ person.number }}&amp;x=1">${nth}</a>`,
  )
  const html = `<p>{% coupon_code 'WELCOME20' %}</p>${links.join('\n')}{% unsubscribe %}`
  const seeded = await seedCampaign(server.db, { people: PEOPLE, mail: { subject: 'Sale', html } })
  const { accountId } = seeded
  await sql`update stores set url = 'https://store.example' where account_id = ${accountId}`.execute(server.db)
  await sql`
    update profiles p set properties = jsonb_build_object('number', g.n) from (
      select id, row_number() over (order by id) as n from profiles where account_id = ${accountId}) g
    where p.account_id = ${accountId} and p.id = g.id`.execute(server.db)
  await sql`update accounts set sender_email = 'shop@shop.example' where id = ${accountId}`.execute(server.db)
  await start(server.db, seeded)
  await using sink = await openSmtpSink()
  await using channel = openSmtp(parseSmtpUrl(sink.url, 5))
  assert.equal(await runCampaign(server.db, runInput(seeded, channel)), 'done')
  assert.equal(sink.mails.length, PEOPLE)

  const { rows } = await sql<{ email: string; number: number; code: string }>`
    select p.email, (p.properties->>'number')::int as number, c.code
    from assignments a join profiles p on p.account_id = a.account_id and p.id = a.profile_id
      join codes c on c.account_id = a.account_id and c.id = a.code_id
    where a.account_id = ${accountId}`.execute(server.db)
  const known = new Map(rows.map((row) => [row.email, row]))
  assert.equal(new Set(rows.map((row) => row.code)).size, PEOPLE)
  const allCodes = new Set(rows.map((row) => row.code))
  for (const [nth, { to, raw }] of sink.mails.entries()) {
    const { number, code } = known.get(to) ?? assert.fail(to)
    const mail = await PostalMime.parse(raw)
    assert.ok(mail.html?.includes(code))
    const addresses = [...(mail.html ?? '').matchAll(/(?:href|src)="([^"]+)"/g)].map(([, url = '']) => url)
    assert.ok(
      addresses.every((url) => ![...url.matchAll(/WELCOME20-[2-9A-Z]{11}/g)].some(([found]) => allCodes.has(found))),
    )
    const clicks = addresses.filter((url) => url.startsWith('https://shop.example/c/'))
    assert.equal(clicks.length, LINKS)
    // every link of every hundredth person, and one link, another each time, of everybody else
    const followed = nth % 100 === 0 ? clicks.keys() : [nth % LINKS]
    for (const link of followed) {
      const path = clicks[link]?.slice('https://shop.example'.length) ?? ''
      const { headers } = await server.call<unknown>('GET', path, { headers: { 'user-agent': SAFARI } })
      const target =
        link % 10 === 9
          ? `https://store.example/p/${link}?discount=${code}`
          : `https://target.example/${link}?for=${number}&x=1`
      assert.equal(headers.location, target)
    }
  }
  const logged = server.logs()
  assert.ok(![...allCodes].some((code) => logged.includes(code)))
})

test('a mail that cannot be made for one person of many is skipped with the reason, and the others go', async () => {
  const html = "{% for each in person.orders %}{{ each }}{% endfor %}{% coupon_code 'WELCOME20' %}{% unsubscribe %}"
  const seeded = await seedCampaign(server.db, { people: PEOPLE, mail: { subject: 'Sale', html } })
  const { accountId } = seeded
  const [unlucky] = seeded.profileIds
  const endless = JSON.stringify({ orders: Array.from({ length: 200_000 }, () => 'x') })
  await sql`update profiles set properties = '{"orders": [5]}' where account_id = ${accountId}`.execute(server.db)
  await sql`update profiles set properties = ${endless}::jsonb where account_id = ${accountId} and id = ${unlucky}`.execute(
    server.db,
  )
  await start(server.db, seeded)
  const channel = openFakeChannel(undefined, 'outbox')
  assert.equal(await runCampaign(server.db, runInput(seeded, channel)), 'done')
  const messages = await readMessages(server.db, accountId)
  const skipped = messages.filter((message) => message.state !== 'sent')
  assert.deepEqual(
    skipped.map(({ profileId, state, codes }) => [profileId, state, codes]),
    [[unlucky, 'skipped', []]],
  )
  assert.match(skipped[0]?.reason ?? '', /^render_failed: /)
  assert.equal(channel.mails.length, PEOPLE - 1)
  assert.equal(new Set(messages.flatMap((message) => message.codes)).size, PEOPLE - 1)
})
