import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { openBrowser, openContext } from './browser.ts'
import { startServer } from './server.ts'
import { choose, LONG_MS, setSender, setUp } from './steps.ts'

const PEOPLE = 'Email,First Name,Accepts Email Marketing\nada@example.com,Ada,yes\nbo@example.com,Bo,yes\n'
/** The mail: a link that applies the person's own code at the checkout of the shop. */
const MAIL = `<p>Hello {{ first_name }}, your code is {% coupon_code 'SHOP20' %}.</p>
<p><a href="{% coupon_link 'SHOP20' '/products/enamel-mug' %}">To the shop</a></p><p>{% unsubscribe %}</p>`

test('a code goes from the screens into the demo store, by mail to a person, and comes back with their order', async (t) => {
  await using server = await startServer({ demoStore: true })
  const browser = await openBrowser()
  t.after(() => browser.close())
  const context = await openContext(browser, { viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  const shopper = await openContext(browser, { viewport: { width: 1280, height: 900 } })
  const shop = await shopper.newPage()
  shop.setDefaultTimeout(30_000)
  let link = ''
  let apiKey = ''
  const step = makeSteps(t, page)

  await step('the demo store is connected by a click', async () => {
    await page.goto(server.url)
    apiKey = await setUp(page)
    await setSender(page)
    await page.getByRole('link', { name: 'Stores' }).click()
    await page.getByRole('button', { name: 'Connect the demo store' }).click()
    await page.getByRole('heading', { name: /Local Shop/, level: 1 }).waitFor()
    await page.getByRole('main').getByText('connected', { exact: true }).waitFor()
    await page.getByText('local-shop.myshopify.com').waitFor()
  })
  await step('a coupon of the shop gets codes, which become available when the shop has them', async () => {
    await createCoupon(page, 'SHOP20')
    await addCodes(page, '300')
    await page
      .getByRole('link', { name: /SHOP20/ })
      .first()
      .waitFor() // its discount in the shop's own admin
  })
  await step('people are imported, and each is mailed a code of their own', async () => {
    await importPeople(page)
    await sendCampaign(context, page, server.url, apiKey)
  })
  await step('the mail leads into the shop, with the code on the way to the checkout', async () => {
    link = await readLink(page, 'ada@example.com')
    await shop.goto(link)
    await shop.getByText(/will be tried at checkout/).waitFor()
    await shop.getByRole('heading', { name: 'Enamel Mug' }).waitFor()
  })
  await step('the code takes 20 % off the order', async () => {
    await buy(shop, 'ada@example.com')
    await shop.getByText(/Your order #\d+ is confirmed/).waitFor()
    await shop.getByText('−$3.60').waitFor()
  })
  await step("the redemption is in the person's activity", async () => {
    await page.goto(`${server.url}/people`)
    await page
      .getByRole('link', { name: /ada@example\.com|Ada/ })
      .first()
      .click()
    await until(page, () =>
      page.getByRole('list', { name: 'Activity' }).getByText(/Redeemed a code of SHOP20 in order #\d+/),
    )
  })
  await step('the same code is refused a second time', async () => {
    await shop.goto(link)
    await shop.getByRole('button', { name: 'Add to cart' }).click()
    await shop.getByText('DISCOUNT_USAGE_LIMIT_REACHED').waitFor()
  })
  await step('a subscription is not reduced by a coupon for one-time purchases', async () => {
    const code = await assign(server.url, apiKey, 'SHOP20', 'bo@example.com') // the one of the mail
    await subscribe(shopper, `${new URL(shop.url()).origin}/discount/${code}?redirect=/products/house-coffee`)
    const cart = shopper.pages().at(-1) as Page
    await cart.getByText('DISCOUNT_INCOMPATIBLE_PURCHASE_TYPE').waitFor()
  })
  await step('a subscription is reduced by a coupon that counts for both', async () => {
    await createCoupon(page, 'BOTH20', 'Both')
    await addCodes(page, '10')
    const code = await assign(server.url, apiKey, 'BOTH20', 'bo@example.com')
    await subscribe(shopper, `${new URL(shop.url()).origin}/discount/${code}?redirect=/products/house-coffee`)
    const cart = shopper.pages().at(-1) as Page
    await cart.getByText('−$3.30').waitFor()
    await cart.getByRole('link', { name: 'Check out' }).click()
    await cart.getByLabel('Email').fill('bo@example.com')
    await cart.getByRole('button', { name: /^Pay/ }).click()
    await cart.getByText(/Your order #\d+ is confirmed/).waitFor()
    await page.getByRole('link', { name: 'Redemptions' }).click()
    await until(page, () => page.getByRole('table', { name: 'Redemptions' }).getByText('BOTH20').first())
  })
})

/** A step needs the ones before it: after a failure the rest would only wait in vain. */
function makeSteps(t: TestContext, page: Page) {
  let failed = false
  return (title: string, run: () => Promise<void>) =>
    t.test(title, { skip: failed }, async () => {
      failed = true
      await run().catch(async (cause: unknown) => {
        const pages =
          page
            .context()
            .browser()
            ?.contexts()
            .flatMap((one) => one.pages()) ?? []
        const texts = await Promise.all(
          pages.map(async (one) => `${one.url()}: ${await one.locator('body').textContent()}`),
        )
        throw new Error(`The pages showed:\n${texts.join('\n')}`, { cause })
      })
      failed = false
    })
}

async function createCoupon(page: Page, name: string, purchases?: string): Promise<void> {
  await page.getByRole('link', { name: 'Coupons' }).first().click()
  await page.getByRole('link', { name: 'New coupon' }).first().click()
  await page.getByLabel('Name').fill(name)
  assert.equal(await page.getByLabel('Store', { exact: true }).first().inputValue(), 'Local Shop')
  if (purchases) await choose(page, 'Purchases', purchases)
  await page.getByRole('radio', { name: 'Never' }).check()
  await page.getByRole('button', { name: 'Create the coupon' }).click()
  await page.getByRole('heading', { name, level: 1 }).waitFor()
}

async function addCodes(page: Page, count: string): Promise<void> {
  await page.getByRole('button', { name: 'Add codes' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('How many').fill(count)
  await dialog.getByRole('button', { name: 'Add codes' }).click()
  await page.getByText(`${count} codes were added`).waitFor({ timeout: LONG_MS })
}

async function importPeople(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Lists' }).click()
  await page.getByRole('button', { name: 'New list' }).first().click()
  await page.getByRole('dialog').getByLabel('Name').fill('Newsletter')
  await page.getByRole('button', { name: 'Create the list' }).click()
  await page.getByRole('link', { name: 'Import people' }).first().click()
  await page
    .getByLabel('CSV file')
    .setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(PEOPLE) })
  await page.getByRole('button', { name: 'Start the import' }).click()
  await page.getByText('The import is finished').waitFor({ timeout: LONG_MS })
}

async function sendCampaign(context: BrowserContext, page: Page, url: string, apiKey: string): Promise<void> {
  const headers = { Authorization: `Bearer ${apiKey}` }
  const data = { name: 'Shop mail', subject: 'Your code', previewText: '', html: MAIL, text: '' }
  const made = await context.request.post(`${url}/v1/templates`, { headers, data })
  assert.equal(made.status(), 201, await made.text())
  const { id } = (await made.json()) as { id: string }
  await page.goto(`${url}/campaigns/new?templateId=${id}`)
  await page.getByLabel('Name').fill('Spring')
  await choose(page, 'Send to', 'Newsletter')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByText('Its newest version goes out').waitFor()
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('radio', { name: 'Now' }).waitFor()
  await page.getByRole('button', { name: 'Continue to the review' }).click()
  await page.getByRole('heading', { name: 'Ready to send' }).waitFor({ timeout: LONG_MS })
  await page.getByRole('button', { name: 'Send now' }).click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Send [\d,]+ emails?$/ })
    .click()
  await page.getByRole('heading', { name: 'Sent', exact: true }).waitFor({ timeout: LONG_MS })
}

/** The link of the mail to an address, as the outbox shows it. */
async function readLink(page: Page, email: string): Promise<string> {
  await page.getByRole('link', { name: 'Outbox' }).click()
  await page
    .getByRole('table', { name: 'Messages' })
    .getByRole('row', { name: new RegExp(email) })
    .getByRole('link')
    .first()
    .click()
  const mail = page.frameLocator('iframe[title="The mail as it was sent"]')
  const href = await mail.getByRole('link', { name: 'To the shop' }).getAttribute('href')
  assert.match(href ?? '', /\/c\/[\w-]+$/, 'a link of ours that counts the click and holds no code')
  return href ?? ''
}

async function buy(shop: Page, email: string): Promise<void> {
  await shop.getByRole('button', { name: 'Add to cart' }).click()
  await shop.getByRole('link', { name: 'Check out' }).click()
  await shop.getByLabel('Email').fill(email)
  await shop.getByRole('button', { name: /^Pay/ }).click()
}

/** Another visit: a fresh cart that holds a subscription to coffee and the code of the link. */
async function subscribe(shopper: BrowserContext, link: string): Promise<void> {
  await shopper.clearCookies()
  const page = await shopper.newPage()
  await page.goto(link)
  await page.getByLabel('Purchase').selectOption({ index: 1 })
  await page.getByRole('button', { name: 'Add to cart' }).click()
}

async function assign(url: string, apiKey: string, coupon: string, email: string): Promise<string> {
  const answer = await fetch(`${url}/v1/assignments`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ coupon, profiles: [{ email }] }),
  })
  const { results } = (await answer.json()) as { results: { code: string }[] }
  return results[0]?.code ?? ''
}

/** Looks again, as a person would, until what is expected is there. */
async function until(
  page: Page,
  find: () => { isVisible: () => Promise<boolean>; waitFor: () => Promise<void> },
): Promise<void> {
  const end = Date.now() + LONG_MS
  while (Date.now() < end) {
    await page.waitForLoadState('networkidle')
    if (await find().isVisible()) return
    await page.waitForTimeout(1000)
    await page.reload()
  }
  await find().waitFor()
}
