import type { Page } from 'playwright-core'

const OWNER = { email: 'owner@example.com', password: 'correct horse battery' }

/** Imports, codes and campaigns of 10,000 people, on a slow machine. */
export const LONG_MS = 120_000

/** The first visit: makes the owner. Returns the API key that is shown once. */
export async function setUp(page: Page): Promise<string> {
  await page.getByRole('heading', { name: 'Set up Onecode' }).waitFor()
  await page.getByLabel('Account name').fill('Maison Lumière')
  await page.getByLabel('Email').fill(OWNER.email)
  await page.getByLabel('Password', { exact: true }).fill(OWNER.password)
  await page.getByRole('button', { name: 'Create the account' }).click()
  const apiKey = await page.getByLabel('API key').inputValue()
  await page.getByRole('button', { name: 'Continue to the dashboard' }).click()
  await page.getByRole('heading', { name: 'Home', level: 1 }).waitFor()
  return apiKey
}

export async function setSender(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByLabel('Sender name').fill('Maison Lumière')
  await page.getByLabel('Sender email').fill('hello@example.com')
  await page.getByLabel('Postal address').fill('Rue des Fleurs 12, 75003 Paris')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved.').waitFor()
}

export async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: label, exact: true }).click()
  await page.getByRole('option', { name: option }).click()
}
