import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { test } from 'node:test'
import { openApp } from '../app.ts'
import { readConfig } from '../config.ts'
import { pingDatabase } from '../db/ping.ts'
import { runCli } from './program.ts'

type Ran = { exitCode: number; output: string; notes: string }
type Environment = Record<string, string | undefined>

/** Runs one command line as a person would, without a terminal. */
async function run(args: readonly string[], environment: Environment = {}, input = ''): Promise<Ran> {
  const [output, notes] = [collect(), collect()]
  const exitCode = await runCli(args, {
    environment,
    input: Readable.from([input]),
    output: output.stream,
    notes: notes.stream,
    onInterrupt: () => () => {},
  })
  return { exitCode, output: output.text(), notes: notes.text() }
}

function collect(): { stream: Writable; text: () => string } {
  const chunks: string[] = []
  const stream = new Writable({ write: (chunk, _encoding, done) => done(void chunks.push(String(chunk)) as undefined) })
  return { stream, text: () => chunks.join('') }
}

test('a wrong use exits with 2 and says what is wrong', async () => {
  const wrong: [string[], RegExp][] = [
    [['lists', 'list', '--nonsense'], /unknown option '--nonsense'/],
    [['nonsense'], /unknown command 'nonsense'/],
    [['lists', 'create'], /missing required argument 'name'/],
    [['people', 'import', 'x.csv'], /required option '--list <name>'/],
    [['people', 'import', 'x.csv', '--list', 'A', '--consent', 'maybe'], /Allowed choices are column, subscribed/],
    [['codes', 'add', 'WELCOME20', 'many'], /Write a whole number/],
    [['coupons', 'create', 'A', '--percent', '20', '--expires-after', 'soon'], /Write hours, days or weeks/],
    [['serve', '--role', 'cook'], /Allowed choices are api, worker, all/],
  ]
  for (const [args, message] of wrong) {
    const { exitCode, notes, output } = await run(args)
    assert.deepEqual([exitCode, output], [2, ''], args.join(' '))
    assert.match(notes, message)
  }
})

test('every command has a help text with an example', async () => {
  const all = [
    'serve,migrate,init,assign,redeem,rollback,report'.split(','),
    ...Object.entries({
      lists: 'create,list',
      people: 'import,show',
      coupons: 'create,list,show,archive',
      codes: 'add,jobs,upload,export,show,revoke,replace,resend',
      templates: 'create,list,preview',
      campaigns:
        'create,list,review,add-missing,copy,send,schedule,unschedule,pause,resume,cancel,reschedule,pick,show',
      keys: 'list,create,revoke',
    }).map(([group, names]) => names.split(',').map((name) => `${group} ${name}`)),
  ].flat()
  for (const command of all) {
    const { exitCode, output } = await run([...command.split(' '), '--help'])
    assert.equal(exitCode, 0, command)
    assert.match(output, new RegExp(`Example:\\n.*onecode ${command}`), command)
    assert.match(output, /--json/, command)
  }
})

test('without a key, a server or a sane configuration the command says what to set', async () => {
  const noKey = await run(['lists', 'list'])
  assert.deepEqual([noKey.exitCode, noKey.output], [1, ''])
  assert.match(noKey.notes, /Set ONECODE_API_KEY/)
  const noServer = await run(['lists', 'list'], { ONECODE_URL: 'http://127.0.0.1:9', ONECODE_API_KEY: 'oc_x' })
  assert.equal(noServer.exitCode, 1)
  assert.match(noServer.notes, /No server answers at http:\/\/127\.0\.0\.1:9/)
  const wrongUrl = await run(['lists', 'list', '--json'], { ONECODE_URL: 'nowhere', ONECODE_API_KEY: 'oc_x' })
  assert.equal(wrongUrl.exitCode, 1)
  assert.match(JSON.parse(wrongUrl.notes).error.message, /ONECODE_URL/)
})

test('the main job works from the command line, against a server over HTTP', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'onecode-cli-'))
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
  const environment: Environment = { DATA_DIR: join(folder, 'data') }
  const file = (name: string) => join(folder, name)
  const json = async (...args: string[]) => {
    const ran = await run([...args, '--json'], environment)
    assert.equal(ran.exitCode, 0, `${args.join(' ')}: ${ran.notes}`)
    return JSON.parse(ran.output)
  }
  const refused = async (...args: string[]) => {
    const ran = await run(args, environment)
    assert.equal(ran.exitCode, 1, args.join(' '))
    return ran.notes
  }
  const init = ['init', '--email', 'owner@example.com', '--account', 'Linden & Co', '--json']

  const short = await run(init, environment, 'short\n')
  assert.equal(short.exitCode, 1)
  assert.match(short.notes, /Use at least 10 characters/)
  const first = await run(init, environment, 'correct horse battery\n')
  assert.equal(first.exitCode, 0, first.notes)
  environment.ONECODE_API_KEY = JSON.parse(first.output).apiKey
  assert.match(await refused(...init.slice(0, -1)), /this installation has its owner.*\(already_set_up\)/)
  assert.deepEqual(await json('migrate'), { migrated: [] })

  await using app = await openApp(readConfig({ ...environment, PORT: '0', LOG_LEVEL: 'silent' }))
  environment.ONECODE_URL = app.url

  await t.test('people come from a file, bad rows are told by line, twice adds nobody', async () => {
    const rows = [
      'Email,First Name,Accepts Email Marketing',
      'jane@example.com,Jane,yes',
      'nobody',
      'tom@example.com,Tom,no',
    ]
    await writeFile(file('people.csv'), rows.join('\n'))
    assert.match(await refused('people', 'import', file('people.csv'), '--list', 'News'), /There is no list "News"/)
    const done = await json('people', 'import', file('people.csv'), '--list', 'News', '--create-list')
    assert.deepEqual([done.added, done.joined, done.errors.map((error: { line: number }) => error.line)], [2, 2, [3]])
    const again = await run(['people', 'import', file('people.csv'), '--list', 'news'], environment)
    assert.match(again.output, /people\.csv: 3 read, 0 added, .* 1 bad, 0 joined\n {2}line 3: /)
    assert.match(await refused('people', 'import', folder, '--list', 'News'), /is no file/)
    assert.match(
      await refused('people', 'import', file('none.csv'), '--list', 'News'),
      /The file cannot be used: .*none\.csv/,
    )
  })

  await t.test('a coupon gets its codes; what the server refuses is told with its code', async () => {
    const create = ['coupons', 'create', 'WELCOME20', '--percent', '20', '--minimum', '30.00', '--expires-after', '7d']
    const coupon = await json(...create)
    assert.deepEqual(coupon.terms.minimum, { kind: 'subtotal', amountMinor: 3000, currency: 'EUR' })
    assert.match(await refused(...create), /\(name_taken\)\n$/)
    const added = await run(['codes', 'add', 'WELCOME20', '1,000'], environment)
    assert.match(added.output, /1,000 codes were added to WELCOME20/)
    assert.match(added.notes, /1,000 of 1,000 codes/)
    assert.equal((await json('coupons', 'show', 'WELCOME20')).counts.available, 1000)
    assert.match(await refused('coupons', 'show', 'welcome20'), /There is no coupon "welcome20"/)
  })

  await t.test('a campaign is reviewed, sent and waited for', async () => {
    await writeFile(
      file('mail.html'),
      "<p>{{ first_name|default:'there' }}: {% coupon_code 'WELCOME20' %} {% unsubscribe %}</p>",
    )
    await json('templates', 'create', 'Welcome', '--subject', 'Hello', '--html', file('mail.html'))
    const preview = await json('templates', 'preview', 'Welcome', '--email', 'jane@example.com')
    assert.match(preview.text, /Jane: WELCOME20-preview/)
    await json('campaigns', 'create', 'Spring', '--list', 'News', '--template', 'Welcome')
    assert.equal((await json('campaigns', 'review', 'Spring')).recipients, 1)
    const sent = await json('campaigns', 'send', 'Spring', '--wait')
    assert.deepEqual([sent.state, sent.counts.sent], ['sent', 1])
    assert.match(await refused('campaigns', 'pause', 'Spring'), /\(campaign_state\)/)
  })

  await t.test('a code is redeemed once and can be rolled back; the report counts it', async () => {
    const [jane, nobody] = JSON.parse(
      (await run(['assign', 'WELCOME20', 'jane@example.com', 'x@example.com', '--json'], environment)).output,
    )
    assert.deepEqual([jane.status, nobody.status], ['kept', 'unknown_profile'])
    const redeem = ['redeem', jane.code, '--subtotal', '80.00', '--currency', 'EUR', '--order']
    assert.equal((await json(...redeem, '1001')).discountMinor, 1600)
    const second = await run([...redeem, '1002'], environment)
    assert.deepEqual([second.exitCode, second.output], [1, 'Refused: already_redeemed\n'])
    assert.equal((await json('report', 'WELCOME20')).redeemed, 1)
    const person = await json('people', 'show', 'JANE@example.com')
    const metrics = person.feed.map((item: { metric: string }) => item.metric)
    for (const metric of ['code_assigned', 'message_sent', 'code_redeemed']) assert.ok(metrics.includes(metric), metric)
    assert.equal((await json('rollback', jane.code, '--order', '1001')).status, 'rolled_back')
    await json('codes', 'export', 'WELCOME20', '-o', file('codes.csv'))
    const exported = (await readFile(file('codes.csv'), 'utf8')).trim().split('\n')
    assert.equal(exported.length, 1001)
    assert.equal((await run(['codes', 'export', 'WELCOME20'], environment)).output.trim().split('\n').length, 1001)
  })

  await t.test('a code is sent again, replaced and revoked by hand', async () => {
    const [{ code }] = await json('assign', 'WELCOME20', 'jane@example.com')
    assert.equal((await json('codes', 'resend', code.toLowerCase())).to, 'jane@example.com')
    assert.match(await refused('codes', 'resend', code, '--medium', 'sms'), /\(code_not_sent\)/)
    const replaced = await json('codes', 'replace', code, '--reason', 'Did not work')
    assert.match(await refused('codes', 'replace', code, '--reason', 'Again'), /\(code_state\)/)
    const fresh = replaced.replacement.code
    const revoked = await run(['codes', 'revoke', fresh, '--reason', 'Shared in a forum'], environment)
    assert.equal(revoked.output, `${fresh} is out of use: the checkout refuses it.\n`)
    const shown = await run(['codes', 'show', fresh], environment)
    assert.match(shown.output, /state +withdrawn\n.*jane@example\.com[\s\S]*revoked .*Shared in a forum/)
    const second = await run(
      ['redeem', fresh, '--subtotal', '80.00', '--currency', 'EUR', '--order', '1003'],
      environment,
    )
    assert.equal(second.output, 'Refused: withdrawn\n')
    assert.match(await refused('codes', 'show', 'NOTHING'), /no such code/)
  })

  await t.test('codes come from a file; those that are there are reported by line', async () => {
    await writeFile(file('codes-in.csv'), 'Code\nPARTNER-1\nPARTNER-2\nPARTNER-1\n')
    await json('coupons', 'create', 'PARTNER', '--amount', '5.00', '--uploaded')
    const uploaded = await json('codes', 'upload', 'PARTNER', file('codes-in.csv'))
    assert.deepEqual([uploaded.done, uploaded.skipped, uploaded.errors[0].line], [2, 1, 4])
    await json('coupons', 'archive', 'PARTNER')
    assert.deepEqual(
      (await json('coupons', 'list')).map((coupon: { name: string }) => coupon.name),
      ['WELCOME20'],
    )
  })

  await t.test('keys are made, used and ended', async () => {
    const made = await json('keys', 'create', 'Checkout', '--scopes', 'checkout')
    const own = await run(['lists', 'list'], { ...environment, ONECODE_API_KEY: made.key })
    assert.match(own.notes, /\(missing_scope\)/)
    await json('keys', 'revoke', made.prefix)
    const ended = await run(['lists', 'list'], { ...environment, ONECODE_API_KEY: made.key })
    assert.match(ended.notes, /\(invalid_api_key\)/)
  })

  assert.match(await refused('migrate'), /is already open in process/)
  await pingDatabase(app.db, 5000) // stops the embedded database's idle timer, which would hold the test's process
})
