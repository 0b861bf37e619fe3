import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { after as afterAll, test } from 'node:test'
import { sql } from 'kysely'
import { MAX_FILE_BYTES } from '../../contract/people.ts'
import { openTestDatabase } from '../../test/database.ts'
import { START, seedAccount } from '../../test/seed.ts'
import { AppError } from '../errors.ts'
import { failAbandonedImports, importPeople, listImportErrors, requireImport } from './import.ts'
import { createList, requireList } from './lists.ts'
import { createProfile, findProfileByEmail, listProfiles, updateProfile } from './profiles.ts'

const database = await openTestDatabase()
const { db } = database
afterAll(() => database[Symbol.asyncDispose]())

type File = string | Buffer | Iterable<Buffer | string>

async function openList() {
  const { accountId } = await seedAccount(db)
  const { id: listId } = await createList(db, { accountId, name: 'Newsletter', now: START })
  const run = (file: File, consent: 'column' | 'subscribed' = 'column') => {
    const source = Readable.from(typeof file === 'string' || Buffer.isBuffer(file) ? [file] : file, {
      objectMode: false,
    })
    return importPeople(db, { accountId, listId, fileName: 'people.csv', consent, source, now: START })
  }
  const errors = async (importId: string) => (await listImportErrors(db, { accountId, importId, limit: 200 })).items
  return { accountId, listId, run, errors, person: (email: string) => findProfileByEmail(db, { accountId, email }) }
}

function counts({ read, added, updated, unchanged, repeated, joined, bad }: Awaited<ReturnType<typeof importPeople>>) {
  return { read, added, updated, unchanged, repeated, joined, bad }
}

function hasCode(code: string) {
  return (error: unknown) => error instanceof AppError && error.code === code
}

async function countEvents(accountId: string, metric: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from events
    where account_id = ${accountId}::uuid and metric = ${metric}::text`.execute(db)
  return rows[0]?.count ?? 0
}

function manyRows(count: number): string {
  const rows = Array.from({ length: count }, (_, n) => `p${n}@example.com,P${n},+12015550${String(100 + (n % 100))}`)
  return `Email,First Name,Phone\n${rows.map((row, n) => (n < 100 ? row : row.replace(/,[^,]*$/, ','))).join('\n')}\n`
}

test("a row of Shopify's export becomes a profile with consent, phone and properties", async () => {
  const { run, person, accountId, listId } = await openList()
  const done = await run(
    'Customer ID,First Name,Last Name,E-Mail,Accepts Email Marketing,Default Address Country Code,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,Tags\r\n' +
      `7,Zoë,Müller,Zoe@Example.com,YES,DE,'+4930 23125012,no,120.50,3,"Says ""hi"",\r\ntwice","vip, b2b"\r\n`,
  )
  assert.deepEqual(counts(done), { read: 1, added: 1, updated: 0, unchanged: 0, repeated: 0, joined: 1, bad: 0 })
  assert.deepEqual([done.state, done.error], ['done', null])
  const zoe = await person('zoe@example.com')
  assert.equal(zoe?.email, 'Zoe@example.com')
  assert.deepEqual([zoe.firstName, zoe.lastName, zoe.phone], ['Zoë', 'Müller', '+493023125012'])
  assert.deepEqual([zoe.emailConsent, zoe.smsConsent], ['subscribed', 'never_subscribed'])
  assert.deepEqual(zoe.properties, {
    customer_id: '7',
    default_address_country_code: 'DE',
    total_spent: 120.5,
    total_orders: 3,
    note: 'Says "hi",\r\ntwice',
    tags: ['vip', 'b2b'],
  })
  assert.equal((await requireList(db, { accountId, listId })).memberCount, 1)
  assert.equal(await countEvents(accountId, 'joined_list'), 1)
  assert.equal(await countEvents(accountId, 'consent_changed'), 1)
})

test('the same file again adds, updates and joins nobody', async () => {
  const { run, accountId } = await openList()
  const file = `${manyRows(2500)}P7@EXAMPLE.com,Other,\n`
  assert.deepEqual(counts(await run(file)), {
    read: 2501,
    added: 2500,
    updated: 0,
    unchanged: 0,
    repeated: 1,
    joined: 2500,
    bad: 0,
  })
  assert.deepEqual(counts(await run(file)), {
    read: 2501,
    added: 0,
    updated: 0,
    unchanged: 2500,
    repeated: 1,
    joined: 0,
    bad: 0,
  })
  assert.equal(await countEvents(accountId, 'joined_list'), 2500)
})

test('the first row of a person wins, within a batch and across batches', async () => {
  const { run, person } = await openList()
  const done = await run(`${manyRows(1200)}P0@example.com,Late,\nnew@example.com,First,\nNEW@example.com,Second,\n`)
  assert.equal(done.repeated, 2)
  assert.equal((await person('p0@example.com'))?.firstName, 'P0')
  assert.equal((await person('new@example.com'))?.firstName, 'First')
})

test('a row fills what it has and leaves the rest', async () => {
  const { run, person, accountId } = await openList()
  const properties = { size: 'M', city: 'Bonn' }
  await createProfile(db, {
    accountId,
    email: 'Anna@example.com',
    firstName: 'Anna',
    lastName: 'L',
    properties,
    now: START,
  })
  const done = await run('Email,First Name,Last Name,City\nANNA@example.com,,Lind,Köln\n')
  assert.deepEqual([done.added, done.updated, done.joined], [0, 1, 1])
  const anna = await person('anna@example.com')
  assert.deepEqual([anna?.email, anna?.firstName, anna?.lastName], ['Anna@example.com', 'Anna', 'Lind'])
  assert.deepEqual(anna?.properties, { size: 'M', city: 'Köln' })
})

test('who unsubscribed stays unsubscribed, whatever the file says', async () => {
  const { run, person, accountId } = await openList()
  const { id: profileId } = await createProfile(db, { accountId, email: 'a@example.com', now: START })
  await updateProfile(db, { accountId, profileId, emailConsent: 'unsubscribed', now: START })
  await run('Email,Accepts Email Marketing\na@example.com,yes\nb@example.com,no\n')
  await run('Email\na@example.com\nb@example.com\n', 'subscribed')
  assert.equal((await person('a@example.com'))?.emailConsent, 'unsubscribed')
  assert.equal((await person('b@example.com'))?.emailConsent, 'subscribed')
})

test('an import never takes consent away', async () => {
  const { run, person, accountId } = await openList()
  await createProfile(db, { accountId, email: 'a@example.com', emailConsent: 'subscribed', now: START })
  await run('Email,Accepts Email Marketing\na@example.com,no\n')
  assert.equal((await person('a@example.com'))?.emailConsent, 'subscribed')
})

test('the email decides who a row is; a phone of somebody else stays there and the row is reported, not bad', async () => {
  const { run, person, errors, accountId } = await openList()
  await createProfile(db, { accountId, email: 'a@example.com', now: START })
  await createProfile(db, { accountId, email: 'b@example.com', phone: '+12015550100', now: START })
  const done = await run(
    'Email,Phone,Accepts SMS Marketing\na@example.com,+12015550100,yes\nc@example.com,+12015550101,yes\nd@example.com,+12015550101,yes\n',
  )
  assert.deepEqual([done.added, done.unchanged, done.bad], [2, 1, 0])
  assert.equal((await person('a@example.com'))?.phone, null)
  assert.equal((await person('a@example.com'))?.smsConsent, 'never_subscribed')
  assert.equal((await person('b@example.com'))?.phone, '+12015550100')
  assert.equal((await person('d@example.com'))?.phone, null)
  assert.deepEqual(
    (await errors(done.id)).map((row) => [row.line, row.value]),
    [
      [2, '+12015550100'],
      [4, '+12015550101'],
    ],
  )
})

test('a person known by phone only is found by it and gets the email of the row', async () => {
  const { run, person, accountId } = await openList()
  const known = await createProfile(db, { accountId, phone: '+12015550100', now: START })
  const done = await run('Email,Phone\n,+12015550101\na@example.com,+1 201 555 0100\n,+12015550100\n')
  assert.deepEqual([done.added, done.updated, done.repeated, done.joined], [1, 1, 1, 2])
  assert.equal((await person('a@example.com'))?.id, known.id)
})

test('bad rows are reported by physical line with what to do, and the good ones go in', async () => {
  const { run, errors } = await openList()
  const done = await run(
    [
      'Email;First Name;Phone',
      '"a@example.com";"two\nlines";',
      'no-at;X;',
      '',
      'b@example.com;5" nail;',
      'c@example.com;X;0301234',
      ';nobody;',
      'd@example.com;X',
      `e@example.com;${'n'.repeat(101)};`,
      'f@example.com;ok;',
    ].join('\n'),
  )
  assert.deepEqual([done.read, done.added, done.bad], [8, 2, 6])
  const rows = await errors(done.id)
  assert.deepEqual(
    rows.map((row) => row.line),
    [4, 6, 7, 8, 9, 10],
  )
  assert.equal(rows[0]?.value, 'no-at')
  assert.ok(rows.every((row) => row.reason.endsWith('.') && row.value.length <= 200))
})

test('reasons are kept for 10,000 rows, the count is exact beyond', async () => {
  const { run, accountId } = await openList()
  const done = await run(`Email\n${'bad\n'.repeat(12_345)}`)
  assert.deepEqual([done.read, done.bad, done.added], [12_345, 12_345, 0])
  const { rows } = await sql<{ count: number }>`select count(*) as count from import_errors
    where account_id = ${accountId}::uuid`.execute(db)
  assert.equal(rows[0]?.count, 10_000)
  const page = await listImportErrors(db, { accountId, importId: done.id, limit: 2 })
  const next = await listImportErrors(db, { accountId, importId: done.id, limit: 2, cursor: page.next ?? '' })
  assert.deepEqual(
    [...page.items, ...next.items].map((row) => row.line),
    [2, 3, 4, 5],
  )
})

test('a file that is refused at its start leaves nothing behind', async () => {
  const { run, accountId } = await openList()
  await assert.rejects(run(''), hasCode('empty_file'))
  await assert.rejects(run(Buffer.from('Email,Name\na@example.com,M\xfcller\n', 'latin1')), hasCode('wrong_encoding'))
  await assert.rejects(run(Buffer.from('\uFEFFEmail\na@example.com\n', 'utf16le')), hasCode('wrong_encoding'))
  await assert.rejects(run('First Name,Note\nA,b\n'), hasCode('missing_column'))
  await assert.rejects(run(`Email,${Array.from({ length: 101 }, (_, n) => `c${n}`)}\n`), hasCode('invalid_csv'))
  const { rows } = await sql`select 1 from imports where account_id = ${accountId}::uuid`.execute(db)
  assert.equal(rows.length, 0)
  assert.equal((await listProfiles(db, { accountId, limit: 5 })).items.length, 0)
})

test('a file above the limit fails, and what was read before stays in and is counted', async () => {
  const { run, accountId } = await openList()
  const block = Buffer.alloc(16 << 20, 'x')
  function* tooLarge() {
    yield manyRows(3000)
    for (let sent = 0; sent <= MAX_FILE_BYTES; sent += block.length) yield block
  }
  const failure = await run(tooLarge()).then(
    () => assert.fail('the import was taken'),
    (error: unknown) => error,
  )
  assert.ok(failure instanceof AppError && failure.code === 'payload_too_large')
  const failed = await requireImport(db, { accountId, importId: String(failure.data.importId) })
  assert.equal(failed.state, 'failed')
  assert.ok(failed.added >= 2000 && failed.added === failed.joined && failed.error)
})

test('a line of 300 MB is one bad row', async () => {
  const { run, errors, person } = await openList()
  const block = Buffer.alloc(65_536, 'x')
  function* longLine() {
    yield 'Email\na@example.com\n'
    for (let sent = 0; sent < 300e6; sent += block.length) yield block
    yield '\nb@example.com\n'
  }
  const done = await run(longLine())
  assert.deepEqual([done.added, done.bad], [2, 1])
  assert.deepEqual(
    (await errors(done.id)).map((row) => [row.line, row.value.length]),
    [[3, 200]],
  )
  assert.ok(await person('b@example.com'))
})

test('a source that breaks off fails the import and keeps what was read', async () => {
  const { run, accountId } = await openList()
  function* breaking() {
    yield manyRows(2000)
    yield 'x'.repeat(70_000)
    throw new Error('connection lost')
  }
  await assert.rejects(run(breaking()), /connection lost/)
  const { rows } = await sql<{ state: string; error: string }>`select state, error from imports
    where account_id = ${accountId}::uuid`.execute(db)
  assert.equal(rows[0]?.state, 'failed')
  assert.match(rows[0]?.error ?? '', /import the file again/)
})

test('imports of the same file that race add each person once and do not fail', async () => {
  const { run, accountId } = await openList()
  const lines = manyRows(2200).trim().split('\n')
  const backwards = [lines[0], ...lines.slice(1).reverse()].join('\n')
  const all = await Promise.all([run(lines.join('\n')), run(backwards), run(lines.join('\n'))])
  const sum = (key: 'added' | 'joined') => all.reduce((total, one) => total + one[key], 0)
  assert.deepEqual([sum('added'), sum('joined'), all.every((one) => one.read === 2200)], [2200, 2200, true])
  assert.equal(await countEvents(accountId, 'joined_list'), 2200)
})

test('an import and single profiles that race make each person once', async () => {
  const { run, accountId, listId } = await openList()
  let isDone = false
  async function createOneByOne(first: number) {
    for (let n = first; n < 3000 && !isDone; n += 8) {
      await createProfile(db, { accountId, email: `P${n}@example.com`, now: START }).catch(() => {}) // the import was first
    }
  }
  const creating = Promise.all(Array.from({ length: 8 }, (_, first) => createOneByOne(first)))
  const done = await run(manyRows(3000)).finally(() => {
    isDone = true
  })
  await creating
  assert.equal(done.read, done.added + done.updated + done.unchanged + done.repeated + done.bad)
  assert.equal((await requireList(db, { accountId, listId })).memberCount, 3000)
})

test('an import that stands still is failed as abandoned, one at work is left alone', async () => {
  const { run, accountId, listId } = await openList()
  const ids = [crypto.randomUUID(), crypto.randomUUID()]
  const now = new Date()
  for (const [n, id] of ids.entries()) {
    await sql`insert into imports (account_id, id, list_id, file_name, state, created_at, progressed_at)
      values (${accountId}, ${id}, ${listId}, 'f', 'running', ${START}, ${new Date(now.getTime() - n * 3_600_000)})`.execute(
      db,
    )
    await sql`insert into import_people values (${accountId}, ${id}, ${crypto.randomUUID()})`.execute(db)
  }
  const done = await run('Email\na@example.com\n')
  assert.equal(await failAbandonedImports(db, now), 1)
  const states = await Promise.all([...ids, done.id].map((importId) => requireImport(db, { accountId, importId })))
  assert.deepEqual(
    states.map((one) => one.state),
    ['running', 'failed', 'done'],
  )
  const { rows } = await sql<{ importId: string }>`select import_id as "importId" from import_people
    where account_id = ${accountId}::uuid`.execute(db)
  assert.deepEqual(rows, [{ importId: ids[0] }])
})
