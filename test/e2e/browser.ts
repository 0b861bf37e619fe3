import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core'

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The Chromium of the environment variable CHROMIUM. */
export function openBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM
  if (!executablePath) throw new Error('Set CHROMIUM to the path of a Chromium.')
  return chromium.launch({ executablePath, args: ARGUMENTS })
}

/** A fresh profile of a person in Dublin: English, euro, and a time zone that is not UTC all year. */
export function openContext(browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  return browser.newContext({ locale: 'en-IE', timezoneId: 'Europe/Dublin', ...options })
}
