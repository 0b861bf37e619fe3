/**
 * Takes pictures of the coupon block in all its looks, 600 and 360 pixels wide, light and dark.
 *
 *   node scripts/templates-screenshots.ts FOLDER
 *
 * Needs a Chromium: the one at CHROMIUM_PATH, else /usr/bin/chromium. Prints the paths of the pictures.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { compileBlocks } from '../src/templates/blocks/compile.ts'
import { parseBlocks } from '../src/templates/blocks/document.ts'
import { compileTemplate, renderTemplate } from '../src/templates/template.ts'

const document = parseBlocks({
  version: 1,
  settings: { previewText: 'A code for {{ first_name }}' },
  blocks: [
    { type: 'text', html: '<h1>Hello {{ first_name|default:"there" }},</h1><p>your own code is waiting.</p>' },
    {
      type: 'coupon',
      coupon: 'WELCOME',
      title: '10 % off your next order',
      note: 'One use, one person.',
      expiry: 'Valid until',
      button: { text: 'Shop with the code', path: '/collections/new' },
    },
    {
      type: 'coupon',
      coupon: 'VIP',
      look: 'solid',
      accent: '#4a2fbd',
      title: 'For our best customers',
      expiry: 'Ends',
      picture: 'qr',
    },
    { type: 'coupon', coupon: 'STORE', look: 'plain', title: 'Show this in the store', picture: 'barcode' },
    { type: 'text', html: '<p>{% unsubscribe %}</p>', size: 12 },
  ],
})

const folder = process.argv[2] ?? 'screenshots'
const coupon = (code: string, expiresAt: Date | null) => ({
  code,
  expiresAt,
  link: (path: string) => `https://shop.example${path}`,
})
const html = renderTemplate(
  compileTemplate(await compileBlocks(document)),
  { first_name: 'Zoë' },
  {
    mode: 'send',
    now: new Date('2026-11-22T10:00:00Z'),
    links: { unsubscribe: 'https://shop.example/unsubscribe' },
    coupons: {
      WELCOME: coupon('WELC-7XK3-M9QP', new Date('2026-12-31T20:00:00Z')),
      VIP: coupon('VIP-K7M2-QX9', new Date('2026-12-01T20:00:00Z')),
      STORE: coupon('ST-4821-AA', null),
    },
  },
)

mkdirSync(folder, { recursive: true })
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
})
for (const width of [600, 360]) {
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme })
    await page.setContent(html)
    const path = join(folder, `coupon-${width}-${colorScheme}.png`)
    await page.screenshot({ path, fullPage: true })
    await page.close()
    console.log(path)
  }
}
await browser.close()
