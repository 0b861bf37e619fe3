import { z } from 'zod'
import { requireAccount } from '../../accounts/account.ts'
import { NOBODY, readPreferencesToken } from '../../messages/links.ts'
import { findTestPreferences } from '../../messages/test-sends/find-test-preferences.ts'
import { type ChannelChoice, findPreferences, type Preferences, savePreferences } from '../../profiles/preferences.ts'
import { escapeHtml, plainPage } from '../plain-page.ts'
import type { ApiApp, ApiDeps } from '../route.ts'

const params = z.object({ token: z.string().max(200) })
/** Largest form: a person on a few hundred lists. */
const BODY_LIMIT_BYTES = 64 * 1024
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * The page on which a person chooses what to get, behind the link in their mails: no login. Looking at it changes nothing, for
 * programs that check links do that too; only its form does.
 */
export function registerPreferenceRoutes(app: ApiApp, deps: ApiDeps): void {
  app.register(async (scope: ApiApp) => {
    scope.removeAllContentTypeParsers()
    const options = { parseAs: 'string', bodyLimit: BODY_LIMIT_BYTES } as const
    scope.addContentTypeParser('application/x-www-form-urlencoded', options, (_request, body, done) => done(null, body))
    addRoutes(scope, deps)
  })
}

function addRoutes(app: ApiApp, { db, now, secret }: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/preferences/:token',
    config: { scope: 'public' },
    schema: { params, hide: true },
    handler: async ({ params: { token } }, reply) => {
      const person = readPreferencesToken(secret, token)
      const isTest = person?.profileId === NOBODY
      const found = person && (await (isTest ? findTestPreferences : findPreferences)(db, person))
      const page = found ? await write(person, found, isTest ? TEST : '') : UNKNOWN
      return reply
        .code(found ? 200 : 404)
        .type('text/html; charset=utf-8')
        .header('cache-control', 'no-store')
        .send(page)
    },
  })
  app.route({
    method: 'POST',
    url: '/preferences/:token',
    config: { scope: 'public' },
    schema: { params, hide: true },
    handler: async ({ params: { token }, body }, reply) => {
      const person = readPreferencesToken(secret, token)
      const isTest = person?.profileId === NOBODY
      const saved = person && (isTest ? await findTestPreferences(db, person) : await save(person, body))
      const page = saved ? await write(person, saved, isTest ? TEST_SAVED : SAVED) : UNKNOWN
      return reply
        .code(saved ? 200 : 404)
        .type('text/html; charset=utf-8')
        .header('cache-control', 'no-store')
        .send(page)
    },
  })

  function save(person: { accountId: string; profileId: string }, body: unknown): Promise<Preferences | undefined> {
    return savePreferences(db, { ...person, ...readForm(body), now: now() })
  }

  async function write(person: { accountId: string }, preferences: Preferences, note: string): Promise<string> {
    const { name } = await requireAccount(db, person)
    return writePage(name, preferences, note)
  }
}

function readForm(body: unknown): { email: boolean; sms: boolean; listIds: string[] } {
  const form = new URLSearchParams(typeof body === 'string' ? body : '')
  const listIds = form.getAll('list').filter((id) => UUID.test(id))
  return { email: form.get('email') === 'on', sms: form.get('sms') === 'on', listIds }
}

function writePage(shop: string, { email, sms, lists }: Preferences, note: string): string {
  const choices = [checkbox('email', 'Email', email), checkbox('sms', 'Text messages', sms)].join('')
  const listBoxes = lists
    .map(
      ({ id, name }) => `<label><input type="checkbox" name="list" value="${id}" checked> ${escapeHtml(name)}</label>`,
    )
    .join('')
  const listSet = lists.length > 0 ? `<fieldset><legend>Lists that you are on</legend>${listBoxes}</fieldset>` : ''
  return plainPage(
    `What ${shop} may send you`,
    `${note}<form method="post"><fieldset><legend>Ways to reach you</legend>${choices}</fieldset>${listSet}<button type="submit">Save</button></form>`,
  )
}

function checkbox(name: string, label: string, choice: ChannelChoice | null): string {
  if (!choice) return ''
  const note = choice.isBlocked ? ' – messages to this address came back or were reported; write to the shop' : ''
  const state = `${choice.isOn ? ' checked' : ''}${choice.isBlocked ? ' disabled' : ''}`
  return `<label><input type="checkbox" name="${name}"${state}><span>${label}<small>${escapeHtml(choice.address)}${note}</small></span></label>`
}

const SAVED = '<p class="done" role="status">Your choice is saved.</p>'
/** What a tester reads in addition. */
const TEST =
  '<p class="done" role="note">You came here from a test: this is what a recipient sees, with their own address and the lists that they are on. Saving changes nothing.</p>'
const TEST_SAVED =
  '<p class="done" role="status">This was a test: nothing was saved. The choice of a recipient would be saved now.</p>'
const UNKNOWN = plainPage(
  'This link does not work',
  '<p>It may be cut off. Open it from the email once more, or write to the shop.</p>',
)
