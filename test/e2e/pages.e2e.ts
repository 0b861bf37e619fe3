import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { openBrowser, openContext } from './browser.ts'
import { startServer } from './server.ts'

const OWNER = { email: 'owner@example.com', password: 'correct horse battery' }
const WIDTHS = [390, 1440]
const SHOWN_WITHIN_MS = 30_000
const LONG_NAME = 'A-NAME-SO-LONG-THAT-IT-FITS-ON-NO-TELEPHONE-IN-ONE-LINE-AND-MUST-BREAK-SOMEWHERE'

test('every page fits a phone and a desk, empty and with names of any length, and logs no error', async (t) => {
  await using server = await startServer()
  const browser = await openBrowser()
  t.after(() => browser.close())
  const context = await openContext(browser)
  await signUp(context, server.url)
  await walk(context, server.url, EMPTY_PAGES)
  await walk(context, server.url, await makeThings(context, server.url))
})

async function walk(context: BrowserContext, url: string, paths: string[]): Promise<void> {
  const page = await context.newPage()
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 844 })
    for (const path of paths) assert.deepEqual(await findFaults(page, `${url}${path}`), [], `${path} at ${width} px`)
  }
  await page.close()
}

const EMPTY_PAGES = [
  '/',
  '/coupons',
  '/coupons/new',
  '/coupons?archived=true',
  '/people',
  '/lists',
  '/templates',
  '/templates/new',
  '/campaigns',
  '/campaigns/new',
  '/outbox',
  '/redemptions',
  '/settings',
  '/stores',
  '/stores/connect',
  '/stores/connect?failed=state',
  '/settings?tab=senders',
  '/settings?tab=domain',
  '/settings?tab=suppression',
  '/settings?tab=keys',
  '/settings?tab=developers',
  '/settings?tab=activity',
  '/there-is-no-such-page',
]

async function signUp(context: BrowserContext, url: string): Promise<void> {
  const headers = { Origin: url }
  const setup = { ...OWNER, accountName: 'Maison Lumière', currency: 'EUR', timeZone: 'Europe/Dublin' }
  const made = await context.request.post(`${url}/v1/setup`, { data: setup, headers })
  assert.ok(made.ok(), await made.text())
  const signedIn = await context.request.post(`${url}/auth/sign-in/email`, { data: OWNER, headers })
  assert.ok(signedIn.ok(), await signedIn.text())
}

/** One of each thing, with names that are as long as they may be; answers the pages that show them. */
async function makeThings(context: BrowserContext, url: string): Promise<string[]> {
  const call = async (path: string, data: unknown): Promise<{ id: string }> => {
    const headers = { 'Idempotency-Key': crypto.randomUUID(), Origin: url }
    const answer = await context.request.post(`${url}${path}`, { data, headers })
    assert.ok(answer.ok(), `${path}: ${await answer.text()}`)
    return (await answer.json()) as { id: string }
  }
  const stores = (await (await context.request.get(`${url}/v1/stores`)).json()) as { items: { id: string }[] }
  const terms = { discount: { kind: 'percentage', basisPoints: 2000 } }
  const coupon = await call('/v1/coupons', { name: LONG_NAME, storeId: stores.items[0]?.id, terms })
  await call(`/v1/coupons/${coupon.id}/codes`, { count: 100 })
  const list = await call('/v1/lists', { name: LONG_NAME.repeat(2) })
  const email = `${'long'.repeat(15)}@${'subdomain.'.repeat(12)}example.com`
  const profile = await call('/v1/profiles', { email, firstName: LONG_NAME, emailConsent: 'subscribed' })
  await call(`/v1/lists/${list.id}/members`, { profileIds: [profile.id] })
  const html = `<p>{% coupon_code '${LONG_NAME}' %}</p><p>{% unsubscribe %}</p>`
  const template = await call('/v1/templates', { name: LONG_NAME.repeat(2), subject: LONG_NAME.repeat(3), html })
  const campaign = await call('/v1/campaigns', {
    name: LONG_NAME,
    audience: { include: [{ kind: 'list', id: list.id }] },
    templateId: template.id,
  })
  return [
    '/coupons',
    `/coupons/${coupon.id}`,
    `/coupons/${coupon.id}?tab=codes`,
    `/coupons/${coupon.id}?tab=report`,
    `/coupons/${coupon.id}?tab=versions`,
    `/coupons/${coupon.id}/terms`,
    '/people',
    `/people/${profile.id}`,
    '/lists',
    `/lists/${list.id}`,
    `/lists/${list.id}/import`,
    '/templates',
    `/templates/${template.id}`,
    '/campaigns',
    `/campaigns/${campaign.id}`,
  ]
}

async function findFaults(page: Page, url: string): Promise<string[]> {
  const faults: string[] = []
  page.removeAllListeners('console').removeAllListeners('pageerror')
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`)
  })
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`))
  await page.goto(url)
  const title = page.getByRole('heading', { level: 1 })
  const shown = await title.waitFor({ timeout: SHOWN_WITHIN_MS }).then(
    () => true,
    () => false,
  )
  if (!shown) faults.push('no title is shown')
  await page.waitForLoadState('networkidle')
  const tooWide = Number(
    await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
  )
  if (tooWide > 0) faults.push(`${tooWide} px too wide`)
  return faults
}
