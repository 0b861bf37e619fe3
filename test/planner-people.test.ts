// Whatever Postgres believes of the tables, nothing about people and what was sent to them reads the account's other people and messages.
import { Readable } from 'node:stream'
import { sql } from 'kysely'
import type { Db } from '../src/db/database.ts'
import { newId } from '../src/lib/ids.ts'
import { applyProviderEvents } from '../src/messages/feedback/apply-events.ts'
import { settleAbsent } from '../src/messages/lost/settle-absent.ts'
import { resendMessage } from '../src/messages/resend/resend-message.ts'
import { requestTest } from '../src/messages/test-sends/request-test.ts'
import { importPeople } from '../src/profiles/import.ts'
import { addMembers, createList } from '../src/profiles/lists.ts'
import { reportProfile } from '../src/reports/people.ts'
import { testReads } from './planner-work.ts'
import type { World } from './planner-world.ts'
import { after } from './seed.ts'

const NOW = after(60)

type MessageRow = { id: string; address: string; profileId: string }

/** The messages of an account in a state, for as many calls as ask for some. */
async function readMessages(db: Db, { accountId }: World, condition: string): Promise<MessageRow[]> {
  const { rows } = await sql<MessageRow>`
    select id, address, profile_id as "profileId" from messages
    where account_id = ${accountId} and kind = 'campaign' and ${sql.raw(condition)}`.execute(db)
  return rows
}

/** What a provider told of ten messages. */
async function tell(db: Db, { accountId, senderId }: World, messages: MessageRow[], kind: string): Promise<void> {
  const events = messages.map(({ id, address }) => ({
    kind,
    messageId: id,
    providerId: null,
    address,
    isPermanent: kind === 'bounced',
    reason: null,
    at: NOW,
  }))
  await sql`
    insert into provider_events (account_id, sender_id, event_key, event, received_at)
    select ${accountId}, ${senderId}, gen_random_uuid()::text, event, ${NOW} from jsonb_array_elements(${JSON.stringify(events)}::jsonb) as g (event)`.execute(
    db,
  )
}

testReads([
  {
    what: 'people of a file are added and changed',
    calls: 4,
    per: 20,
    most: 80,
    begin: async (db, world) => {
      const { rows } = await sql<{
        email: string
      }>`select email from profiles where account_id = ${world.accountId} limit 40`.execute(db)
      return (db, nth) => {
        const known = rows.splice(0, 10).map(({ email }) => `${email},Ada`)
        const added = Array.from({ length: 10 }, (_, at) => `new-${nth}-${at}@example.com,Eve`)
        const source = Readable.from([['Email,First Name', ...known, ...added].join('\n')])
        return importPeople(db, { ...world, fileName: 'people.csv', consent: 'subscribed', source, now: NOW })
      }
    },
  },
  {
    what: 'people join a list',
    calls: 4,
    per: 20,
    most: 40,
    begin: async (db, world) => {
      const { id: listId } = await createList(db, { ...world, name: 'Some', now: NOW })
      return (db, nth) =>
        addMembers(db, { ...world, listId, profileIds: world.without.slice(20 * nth, 20 * nth + 20), now: NOW })
    },
  },
  {
    what: 'a person is shown with their codes',
    calls: 4,
    per: 1,
    most: 60,
    begin:
      (_, { accountId, holders }) =>
      (db, nth) =>
        reportProfile(db, { accountId, profileId: holders[nth]?.profileId ?? '', showsCodes: true, now: NOW }),
  },
  {
    what: 'a provider tells of mails that arrived, bounced and were complained about',
    calls: 6,
    per: 10,
    most: 150,
    begin: async (db, world) => {
      const messages = await readMessages(db, world, 'true')
      return async (db, nth) => {
        await tell(db, world, messages.splice(0, 10), ['delivered', 'bounced', 'complained'][nth % 3] ?? '')
        await applyProviderEvents(db, NOW)
      }
    },
  },
  {
    what: 'lost mails are to go out again',
    calls: 4,
    per: 10,
    most: 20,
    begin: async (db, world) => {
      const { accountId } = world
      const lost = (await readMessages(db, world, `state = 'unknown'`)).map(({ id }) => ({ id, attempt: 1 }))
      return (db) =>
        settleAbsent(db, { accountId, messages: lost.splice(0, 10) as never, isCancelled: false, now: NOW })
    },
  },
  {
    what: 'a message is sent again',
    calls: 5,
    per: 1,
    most: 300,
    begin:
      (_, { accountId, holders }) =>
      (db) =>
        resendMessage(db, {
          accountId,
          codeId: holders.pop()?.codeId ?? '',
          requestKey: newId(),
          channel: 'outbox' as never,
          now: NOW,
        }),
  },
  {
    what: 'a template is tested',
    calls: 5,
    per: 1,
    most: 1000,
    begin:
      (_, { accountId, templateId }) =>
      (db) =>
        requestTest(db, {
          accountId,
          templateId,
          addresses: ['tester@example.com'],
          profileId: null,
          requestKey: newId(),
          channel: 'outbox' as never,
          now: NOW,
        }),
  },
])
