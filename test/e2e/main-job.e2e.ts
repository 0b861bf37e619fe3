import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { openBrowser, openContext } from './browser.ts'
import { startServer } from './server.ts'
import { choose, LONG_MS, setSender, setUp } from './steps.ts'

const CUSTOMERS = join(import.meta.dirname, '../../examples/customers.csv')
const BAD_ROWS = 20

test('the main job works through the screens, from the first visit to a redeemed code', async (t) => {
  await using server = await startServer()
  const browser = await openBrowser()
  t.after(() => browser.close())
  const context = await openContext(browser, { viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  let apiKey = ''
  let code = ''

  /** A step needs the ones before it: after a failure the rest would only wait in vain. */
  let failed = false
  const step = (title: string, run: () => Promise<void>) =>
    t.test(title, { skip: failed }, async () => {
      failed = true
      await run().catch(async (cause: unknown) => {
        throw new Error(`The page showed: ${await page.getByRole('main').textContent()}`, { cause })
      })
      failed = false
    })
  await step('the first visit creates the owner and shows an API key once', async () => {
    await page.goto(server.url)
    apiKey = await setUp(page)
    assert.ok(apiKey.length > 20)
  })
  await step('the sender is set, as the law asks for', () => setSender(page))
  await step('people are imported, and bad rows are shown by line and reason', () => importPeople(page))
  await step('a coupon is created, and the screen says the offer in plain words', () => createCoupon(page))
  await step('codes are added with progress', () => addCodes(page))
  await step('a template shows a preview that draws no code', () => createTemplate(page))
  await step('a campaign is reviewed, sent and finished', () => sendCampaign(page))
  await step('the outbox shows a mail with a code', async () => {
    code = await readCode(page)
    assert.match(code, /^WELCOME20-/)
  })
  await step('the code is redeemed once, and refused the second time', async () => {
    const first = await redeem(server.url, apiKey, code, '1001')
    assert.equal(first.status, 'redeemed')
    assert.equal(first.discountMinor, 1000)
    assert.equal((await redeem(server.url, apiKey, code, '1002')).status, 'refused')
  })
  await step('the feed of the person shows assigned, sent and redeemed', () => readFeed(page))
})

async function importPeople(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Lists' }).click()
  await page.getByRole('button', { name: 'New list' }).first().click()
  await page.getByRole('dialog').getByLabel('Name').fill('Newsletter')
  await page.getByRole('button', { name: 'Create the list' }).click()
  await page.getByRole('link', { name: 'Import people' }).first().click()
  await page.getByLabel('CSV file').setInputFiles(CUSTOMERS)
  await page.getByRole('button', { name: 'Start the import' }).click()
  await page.getByText('The import is finished').waitFor({ timeout: LONG_MS })
  await page.getByText(`${BAD_ROWS} rows were left out`, { exact: true }).waitFor()
  const rows = page.getByRole('table', { name: 'Rows left out' }).getByRole('row')
  await rows.nth(BAD_ROWS).waitFor()
  assert.equal(await rows.count(), BAD_ROWS + 1)
  assert.match((await rows.nth(1).getByRole('cell').first().textContent()) ?? '', /^[\d,]+$/)
}

async function createCoupon(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Coupons' }).click()
  await page.getByRole('link', { name: 'New coupon' }).first().click()
  await page.getByLabel('Name').fill('WELCOME20')
  await choose(page, 'Minimum', 'Order value')
  await page.getByLabel('Minimum order value').fill('30')
  const offer = '20 % off orders of at least €30.00, expires 7 days after it was given to a person.'
  await page.getByText(offer).waitFor()
  await page.getByRole('button', { name: 'Create the coupon' }).click()
  await page.getByRole('heading', { name: 'WELCOME20', level: 1 }).waitFor()
}

async function addCodes(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Add codes' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('How many').fill('10000')
  await dialog.getByRole('button', { name: 'Add codes' }).click()
  await page.getByText('10,000 codes were added').waitFor({ timeout: LONG_MS })
  await page.getByRole('tab', { name: 'Codes' }).click()
  await page.getByRole('table', { name: 'Codes' }).getByText('available').first().waitFor()
}

async function createTemplate(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Templates' }).click()
  await page.getByRole('link', { name: 'New template' }).first().click()
  await page.getByLabel('Name').fill('Welcome mail')
  await page.getByText("{% coupon_code 'WELCOME20' %}").waitFor()
  const preview = page.frameLocator('iframe[title="Preview of the mail"]')
  await preview.getByText('WELCOME20-preview').waitFor()
  await page.getByText('No issues found.').waitFor()
  await page.getByRole('button', { name: 'Create the template' }).click()
  await page.getByRole('heading', { name: 'Welcome mail', level: 1 }).waitFor()
}

async function sendCampaign(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Use in a campaign' }).click()
  await page.getByRole('heading', { name: 'New campaign', level: 1 }).waitFor() // the page before has a name to fill in too
  await page.getByLabel('Name').fill('Welcome')
  await choose(page, 'Send to', 'Newsletter')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByText('Its newest version goes out').waitFor()
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('radio', { name: 'Now' }).waitFor()
  await page.getByRole('button', { name: 'Continue to the review' }).click()
  await page.getByRole('heading', { name: 'Ready to send' }).waitFor({ timeout: LONG_MS })
  await page.getByText('Enough for everybody.').waitFor()
  await page.getByRole('button', { name: 'Send now' }).click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Send [\d,]+ emails?$/ })
    .click()
  await page.getByRole('heading', { name: 'Sent', exact: true }).waitFor({ timeout: LONG_MS })
}

async function readCode(page: Page): Promise<string> {
  await page.getByRole('link', { name: 'Messages', exact: true }).click()
  await page.getByRole('table', { name: 'Messages' }).getByRole('row').nth(1).getByRole('link').first().click()
  const code = (
    (await page
      .getByText(/^WELCOME20-[A-Z0-9]+$/)
      .first()
      .textContent()) ?? ''
  ).trim()
  const mail = page.frameLocator('iframe[title="The mail as it was sent"]')
  await mail.getByText(code).waitFor()
  return code
}

async function redeem(
  url: string,
  apiKey: string,
  code: string,
  orderId: string,
): Promise<{ status: string; discountMinor: number | null }> {
  const answer = await fetch(`${url}/v1/checkout/redeem`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${apiKey}`,
      'Content-Type': 'application/json',
      'Idempotency-Key': `redeem-${orderId}`,
    },
    body: JSON.stringify({ code, orderId, subtotalMinor: 5000, currency: 'EUR' }),
  })
  return (await answer.json()) as { status: string; discountMinor: number | null }
}

async function readFeed(page: Page): Promise<void> {
  await page.getByRole('main').getByRole('link', { name: /@/ }).first().click()
  const feed = page.getByRole('list', { name: 'Activity' })
  await feed.getByText(/Redeemed a code of WELCOME20 in order 1001: €50\.00, €10\.00 off/).waitFor()
  await feed.getByText('Was sent an email').waitFor()
  await feed.getByText('Was assigned a code of WELCOME20').waitFor()
}
