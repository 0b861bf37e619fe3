import { createSenderBody, type SenderSetup, senderSetup } from '../contract/senders.ts'
import type { Db } from '../src/db/database.ts'
import { activateSender, createSender } from '../src/messages/senders/senders.ts'
import { openProviderServer, type ProviderAnswer, type ProviderServer } from './provider-server.ts'
import { START } from './seed.ts'

const facts = { secret: 's'.repeat(32), publicUrl: 'https://shop.example', allowsPrivateAddresses: true, now: START }
const NUMBER = '+15005550006'

/** A text that a service was asked to send. `id`: ours. */
export type ServedText = { to: string; from: string; body: string; id: string }
export type SmsService = ProviderServer & { texts: ServedText[] }

type Answer = (text: ServedText, nth: number) => ProviderAnswer

/** A refusal as documented at https://www.twilio.com/docs/usage/twilios-response#response-formats-exceptions. */
export function refuse(status: number, code: number, message: string, headers = {}): ProviderAnswer {
  return { status, json: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status }, headers }
}

/** A local server with Twilio's call for messages. Takes every text unless `answer` says otherwise. */
export async function openTwilioServer(answer: Answer = takeIt): Promise<SmsService> {
  const texts: ServedText[] = []
  const server = await openProviderServer((request) => {
    if (request.method !== 'POST')
      return { status: 200, json: { friendly_name: 'Linden', status: 'active', type: 'Full' } }
    const form = new URLSearchParams(request.body)
    const id = new URL(form.get('StatusCallback') ?? 'http://x').searchParams.get('message') ?? ''
    const text = { to: form.get('To') ?? '', from: form.get('From') ?? '', body: form.get('Body') ?? '', id }
    return answer(text, texts.push(text))
  })
  return { ...server, texts, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

/** A reply as Twilio gives it, with an id made of the message's. */
export function takeIt({ id }: Pick<ServedText, 'id'>): ProviderAnswer {
  return { status: 201, json: { sid: `SM${id.replaceAll('-', '').padStart(32, '0')}`, status: 'queued' } }
}

/** A local server of some other SMS service, as `addHttp` sets it up. */
export async function openSmsService(
  answer: Answer = ({ id }) => ({ status: 202, json: { id } }),
): Promise<SmsService> {
  const texts: ServedText[] = []
  const server = await openProviderServer((request) => {
    const text = JSON.parse(request.body) as ServedText
    return answer(text, texts.push(text))
  })
  return { ...server, texts, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

type More = { name?: string; fromAddress?: string | null; perSecond?: number; isActive?: boolean }

/** Sets Twilio up for an account, active unless said otherwise. Returns the sender's id. */
export async function addTwilio(db: Db, accountId: string, more: More & { settings?: object } = {}): Promise<string> {
  const setup = {
    provider: 'twilio',
    settings: { accountSid: 'AC1', ...more.settings },
    secrets: { authToken: 'token' },
  }
  return await add(db, accountId, setup, more)
}

/** The settings of a service at `url` that takes JSON and tells the id. */
export function httpSetup(url: string, more: object = {}): SenderSetup {
  const body = '{"to":"{{to}}","from":"{{from}}","body":"{{body}}","id":"{{id}}"}'
  const settings = { url, body, idPath: 'id', allowsPrivateAddresses: true, ...more }
  return senderSetup.parse({ provider: 'http', settings, secrets: { 'X-Api-Key': 'hush-hush' } })
}

/** The same for another SMS service. */
export async function addHttp(
  db: Db,
  accountId: string,
  url: string,
  more: More & { settings?: object } = {},
): Promise<string> {
  return await add(db, accountId, httpSetup(url, more.settings), more)
}

async function add(db: Db, accountId: string, setup: object, more: More): Promise<string> {
  const { name = 'Texts', fromAddress = NUMBER, perSecond = null, isActive = true } = more
  const body = createSenderBody.parse({ name, fromAddress, perSecond, setup })
  const { id } = await createSender(db, { ...body, ...facts, accountId })
  if (isActive) await activateSender(db, { ...facts, accountId, senderId: id })
  return id
}
