import assert from 'node:assert/strict'
import { createReadStream, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { importPeople, listImportErrors } from '../src/profiles/import.ts'
import { createList, listMembers } from '../src/profiles/lists.ts'
import { openTestDatabase } from '../test/database.ts'
import { START, seedAccount } from '../test/seed.ts'
import { BAD_ROWS, HEADER, makeCustomers, REPEATED, ROWS } from './make-customers.ts'

const FILE = new URL('./customers.csv', import.meta.url)

test('customers.csv is what the script makes, byte for byte', () => {
  assert.equal(readFileSync(FILE, 'utf8'), makeCustomers(), 'Run: node examples/make-customers.ts')
})

test('customers.csv names nobody real: its domains are reserved for examples', () => {
  const domains = readFileSync(FILE, 'utf8').matchAll(/[\w.+'-]+@([\p{L}\d.-]+)/gu)
  const real = [...domains]
    .map((match) => match[1]?.toLowerCase() ?? '')
    .filter((domain) => {
      return !/(^|\.)(example\.(com|org|net)|example)$/.test(domain)
    })
  assert.deepEqual(
    real.filter((domain) => !['work', 'localhost', '-example.com', 'example', 'example..com'].includes(domain)),
    [],
  )
})

test('customers.csv holds 9,920 people who can be mailed, 60 repeated rows and 20 bad ones; twice adds nothing', async () => {
  await using database = await openTestDatabase()
  const { db } = database
  const { accountId } = await seedAccount(db)
  const { id: listId } = await createList(db, { accountId, name: 'Customers', now: START })
  const input = { accountId, listId, fileName: 'customers.csv', consent: 'column' as const, now: START }
  const run = () => importPeople(db, { ...input, source: createReadStream(FILE) })

  assert.equal(HEADER.length, 20)
  const first = await run()
  const people = ROWS - REPEATED - BAD_ROWS.length
  assert.deepEqual(
    [first.read, first.added, first.joined, first.updated, first.unchanged, first.repeated, first.bad],
    [10_000, people, people, 0, 0, 60, 20],
  )
  assert.equal(people, 9920)
  const { items } = await listImportErrors(db, { accountId, importId: first.id, limit: 200 })
  assert.equal(items.length, 20)
  assert.ok(new Set(items.map((item) => item.reason)).size >= 10)

  const second = await run()
  assert.deepEqual(
    [second.added, second.updated, second.unchanged, second.repeated, second.joined, second.bad],
    [0, 0, people, 60, 0, 20],
  )
  const page = await listMembers(db, { accountId, listId, limit: 200 })
  assert.ok(page.items.every((person) => person.email !== null && person.emailConsent === 'subscribed'))
})
