import { sql } from 'kysely'
import { createSenderBody, type SenderSetup } from '../contract/senders.ts'
import { type RunResult, runCampaign } from '../src/campaigns/run-campaign.ts'
import { settleLost } from '../src/campaigns/settle-lost.ts'
import type { EmailChannel } from '../src/channels/email/email-channel.ts'
import { openPostmark } from '../src/channels/email/postmark.ts'
import type { Db } from '../src/db/database.ts'
import { applyProviderEvents } from '../src/messages/feedback/apply-events.ts'
import type { OpenSenders } from '../src/messages/senders/open-senders.ts'
import { setupOf } from '../src/messages/senders/providers.ts'
import { activateSender, createSender, requireSender, type SenderRow } from '../src/messages/senders/senders.ts'
import { createMailCache } from '../src/messages/templates.ts'
import { openProviderServer, type ProviderAnswer, type ProviderRequest } from './provider-server.ts'
import { after, START } from './seed.ts'
import { openTestSenders, runInput, type SeededCampaign, seedCampaign, start } from './seed-campaign.ts'

const SECRET = 's'.repeat(32)

/** What a provider does with a message: answers, loses the answer after it took the message, or before. */
export type Fate = 'answer' | 'lose' | 'swallow'

/** A message in a provider's books. `id`: the provider's. `of`: our id, which Twilio is not told. */
export type Taken = { id: string; of: string; to: string; body: string; at: Date }

/** A provider's API on a free port, with its books. */
export type Provider = AsyncDisposable & {
  url: string
  taken: Taken[]
  /** Every question about a message: the message's id at Postmark, the number at Twilio. */
  asked: string[]
  /** Changes as the test goes on. */
  fateOf: (to: string, nth: number) => Fate | Promise<Fate>
  /** Answers a question instead of the books; undefined: the books answer. */
  answerTo: (about: string) => ProviderAnswer | undefined | Promise<ProviderAnswer | undefined>
  /** Which of the taken messages its list shows. */
  isListed: (taken: Taken) => boolean
  now: () => Date
}

type Dialect = {
  isSend: (request: ProviderRequest) => boolean
  read: (request: ProviderRequest) => { of: string; to: string; body: string }
  reply: (taken: Taken) => ProviderAnswer
  about: (request: ProviderRequest) => string
  list: (taken: Taken[], about: string) => ProviderAnswer
}

const postmark: Dialect = {
  isSend: ({ method, path }) => method === 'POST' && path === '/email',
  read: ({ body }) => {
    const mail = JSON.parse(body) as { To: string; TextBody: string; Metadata: { onecode_message: string } }
    return { of: mail.Metadata.onecode_message, to: mail.To, body: mail.TextBody }
  },
  reply: ({ id, to }) => ({ status: 200, json: { ErrorCode: 0, Message: 'OK', MessageID: id, To: to } }),
  about: ({ path }) => new URL(path, 'http://x').searchParams.get('metadata_onecode_message') ?? '',
  list: (taken, about) => {
    const found = taken.filter(({ of }) => of === about)
    return { status: 200, json: { TotalCount: found.length, Messages: found.map(({ id }) => ({ MessageID: id })) } }
  },
}

const twilio: Dialect = {
  isSend: ({ method, path }) => method === 'POST' && path.endsWith('/Messages.json'),
  read: ({ body }) => {
    const form = new URLSearchParams(body)
    return { of: '', to: form.get('To') ?? '', body: form.get('Body') ?? '' }
  },
  reply: ({ id }) => ({ status: 201, json: { sid: id, status: 'queued' } }),
  about: ({ path }) => new URL(path, 'http://x').searchParams.get('To') ?? '',
  list: (taken, about) => {
    const found = taken.filter(({ to }) => to === about)
    const messages = found.map(({ id, body, at }) => {
      return { sid: id, body, direction: 'outbound-api', date_created: at.toUTCString() }
    })
    return { status: 200, json: { messages } }
  },
}

/** Opens a provider that answers everything until the test says otherwise. */
export async function openProvider(kind: 'postmark' | 'twilio', now: () => Date = () => START): Promise<Provider> {
  const dialect = kind === 'postmark' ? postmark : twilio
  const tries = new Map<string, number>()
  const take = async (request: ProviderRequest): Promise<ProviderAnswer> => {
    const message = dialect.read(request)
    const nth = (tries.get(message.to) ?? 0) + 1
    tries.set(message.to, nth)
    const fate = await provider.fateOf(message.to, nth)
    if (fate === 'swallow') return 'reset'
    const taken = { ...message, id: `SM${String(provider.taken.length).padStart(32, '0')}`, at: provider.now() }
    provider.taken.push(taken)
    return fate === 'lose' ? 'reset' : dialect.reply(taken)
  }
  const server = await openProviderServer(async (request) => {
    if (dialect.isSend(request)) return await take(request)
    const about = dialect.about(request)
    provider.asked.push(about)
    return (await provider.answerTo(about)) ?? dialect.list(provider.taken.filter(provider.isListed), about)
  })
  const provider: Provider = {
    url: server.url,
    taken: [],
    asked: [],
    fateOf: () => 'answer',
    answerTo: () => undefined,
    isListed: () => true,
    now,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
  return provider
}

const SETUPS = {
  postmark: {
    provider: 'postmark',
    settings: { messageStream: 'broadcast' },
    secrets: { serverToken: 'token-1' },
  },
  twilio: {
    provider: 'twilio',
    settings: { accountSid: `AC${'a'.repeat(32)}`, messagingServiceSid: `MG${'b'.repeat(32)}` },
    secrets: { authToken: 'c'.repeat(32) },
  },
}

/** Makes the account's sender at a provider the active one. Returns its id. */
export async function seedSender(db: Db, accountId: string, kind: 'postmark' | 'twilio', now = START): Promise<string> {
  const fromAddress = kind === 'postmark' ? 'shop@linden.example' : null
  const body = createSenderBody.parse({ name: kind, fromAddress, setup: SETUPS[kind] })
  const facts = { accountId, secret: SECRET, publicUrl: 'https://shop.example', now }
  const { id } = await createSender(db, { ...body, ...facts })
  await activateSender(db, { ...facts, senderId: id })
  return id
}

/** Senders as the composition root opens them, whose Postmark and Twilio are at `url`. */
export function openSendersAt(url: string): OpenSenders {
  const senders = openTestSenders({ twilioBaseUrl: url })
  const openAt = (row: SenderRow): EmailChannel => {
    const { settings, secrets } = setupOf(row, SECRET) as Extract<SenderSetup, { provider: 'postmark' }>
    const { serverToken = '' } = secrets
    return openPostmark({ provider: 'postmark', ...settings, serverToken: serverToken ?? '', baseUrl: url })
  }
  return {
    ...senders,
    withChannel: async (row, work) => {
      await using channel = openAt(row)
      return await work(channel)
    },
    withSenders: (db, accountId, work) =>
      senders.withSenders(db, accountId, async (inUse, changed) => {
        const senderId = inUse.identity.paced?.senderId
        if (senderId === undefined) return await work(inUse, changed)
        await using channel = openAt(await requireSender(db, { accountId, senderId }))
        return await work({ ...inUse, channel }, changed)
      }),
  }
}

/** A campaign whose messages go through a provider, and the steps of a worker on it, each at a second after START. */
export type Shop = SeededCampaign & {
  senderId: string
  provider: Provider
  senders: OpenSenders
  /** Runs the campaign until nothing is left to do; at a moment, or by a clock that moves. */
  send: (when: number | (() => Date)) => Promise<RunResult>
  settle: (second: number) => Promise<void>
  /** The provider reports that it delivered the first message that it took. */
  report: (at: Date) => Promise<void>
}

/** `seeded`: a campaign that was started. */
export async function openShop(db: Db, seeded: SeededCampaign, senderId: string, provider: Provider): Promise<Shop> {
  const { accountId } = seeded
  const senders = openSendersAt(provider.url)
  const mails = createMailCache()
  return {
    ...seeded,
    senderId,
    provider,
    senders,
    send: (when) => {
      const now = typeof when === 'number' ? () => after(when) : when
      provider.now = now
      return senders.withSenders(db, accountId, (inUse) =>
        runCampaign(db, { ...runInput(seeded, inUse.channel, now, inUse.smsChannel), ...inUse }),
      )
    },
    settle: (second) => {
      const asked = {
        accountId,
        senderId,
        senders,
        mails,
        publicUrl: 'https://shop.example',
        secret: SECRET,
        pauseMs: 0,
      }
      return settleLost(db, { ...asked, now: () => after(second) })
    },
    report: async (at) => {
      const [taken] = provider.taken
      const about = { providerId: taken?.id, messageId: taken?.of, address: taken?.to, at: at.toISOString() }
      const event = JSON.stringify({ kind: 'delivered', isPermanent: false, reason: null, ...about })
      await sql`
        insert into provider_events (account_id, sender_id, event_key, event, received_at)
        values (${accountId}, ${senderId}, 'one', ${event}::jsonb, ${at})`.execute(db)
      await applyProviderEvents(db, at)
    },
  }
}

/** A provider that keeps whoever asks it waiting. `reached`: somebody waits; `open`: lets everybody on. */
export function makeGate(): { wait: () => Promise<void>; reached: Promise<void>; open: () => void } {
  const reached = Promise.withResolvers<void>()
  const opened = Promise.withResolvers<void>()
  return {
    wait: async () => {
      reached.resolve()
      await opened.promise
    },
    reached: reached.promise,
    open: () => opened.resolve(),
  }
}

/** The first moment, in seconds, at which a lost message is asked about: a minute's claim, and then five. */
export const FIRST = 360
/** That of the second question, where it was absent. */
export const SECOND = FIRST + 600

/** A started campaign whose mails go through a Postmark of the test's own. */
export async function openMails(db: Db, provider: Provider, people: number, codes = people): Promise<Shop> {
  const seeded = await seedCampaign(db, { people, codes })
  const senderId = await seedSender(db, seeded.accountId, 'postmark')
  await start(db, seeded)
  return await openShop(db, seeded, senderId, provider)
}
