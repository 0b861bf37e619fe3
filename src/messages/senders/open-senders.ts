import { createHash } from 'node:crypto'
import type { EmailChannel } from '../../channels/email/email-channel.ts'
import type { VerifyResult } from '../../channels/send-outcome.ts'
import type { SmsChannel } from '../../channels/sms/sms-channel.ts'
import type { Db } from '../../db/database.ts'
import type { PacedSender } from '../pace/pace.ts'
import { openSmsSender, type SmsFacts } from '../sms/open-sms.ts'
import { keepChannels, keyOf } from './channel-keeper.ts'
import { openEmailChannel } from './providers.ts'
import { type SenderRow, selectActiveSender } from './senders.sql.ts'

/**
 * Who a message is from, where the sender says so; null: the account's own. `paced`, `repeatKey`: null for the installation's sender.
 */
export type Identity = {
  fromName: string | null
  fromAddress: string | null
  replyTo: string | null
  paced: PacedSender | null
  /** Another one: other settings of the provider, which may know nothing of what was offered under these. */
  repeatKey: string | null
}

/** What carries an account's emails and text messages now, and in whose name. */
export type SendersInUse = {
  channel: EmailChannel
  identity: Identity
  smsChannel: SmsChannel
  smsIdentity: Identity
}

/** The open connections to providers of this process. */
export type OpenSenders = AsyncDisposable & {
  /** What sends email where no sender is active. */
  fallback: EmailChannel
  /**
   * Does work with the channels of the account's active senders. `changed` says that another sender, or other settings, hold by
   * now: come again then. A channel is closed when nobody works with it any more.
   */
  withSenders: <Result>(
    db: Db,
    accountId: string,
    work: (inUse: SendersInUse, changed: AbortSignal) => Promise<Result>,
  ) => Promise<Result>
  /** Asks the provider of a sender, active or not, whether its settings are right. */
  verify: (row: SenderRow) => Promise<VerifyResult>
  /** Opens a sender of emails for one piece of work, active or not. */
  withChannel: <Result>(row: SenderRow, work: (channel: EmailChannel) => Promise<Result>) => Promise<Result>
  /** The same for a sender of text messages. */
  withSmsChannel: <Result>(row: SenderRow, work: (channel: SmsChannel) => Promise<Result>) => Promise<Result>
}

/** How often somebody at work looks whether a sender has changed. */
const LOOK_MS = 2000

export type SendersOptions = SmsFacts & {
  fallback: EmailChannel
  /** What sends text messages where no sender is active. */
  smsFallback: SmsChannel
  lookMs?: number
}

/**
 * Keeps the channels of each account's active senders open: one of emails, one of text messages. The database says what holds:
 * each use reads it, so that all processes notice a change, whichever made it.
 */
export function createSenders(options: SendersOptions): OpenSenders {
  const { fallback, smsFallback, lookMs = LOOK_MS, ...facts } = options
  const emails = keepChannels({ open: (row) => openEmailChannel(row, facts.secret), fallback })
  const texts = keepChannels({ open: (row) => openSmsSender(row, facts), fallback: smsFallback })
  return {
    fallback,
    withSenders: async (db, accountId, work) => {
      const row = await selectActiveSender(db, accountId, 'email')
      const smsRow = await selectActiveSender(db, accountId, 'sms')
      await using email = await emails.lend(accountId, row)
      await using sms = await texts.lend(accountId, smsRow)
      const hasChanged = async () =>
        keyOf(await selectActiveSender(db, accountId, 'email')) !== keyOf(row) ||
        keyOf(await selectActiveSender(db, accountId, 'sms')) !== keyOf(smsRow)
      using watch = watchFor(hasChanged, lookMs)
      const identities = { identity: identityOf(row), smsIdentity: identityOf(smsRow) }
      return await work({ channel: email.channel, smsChannel: sms.channel, ...identities }, watch.changed)
    },
    verify: async (row) => {
      await using channel = row.channel === 'sms' ? openSmsSender(row, facts) : openEmailChannel(row, facts.secret)
      return await channel.verify()
    },
    withChannel: async (row, work) => {
      await using channel = openEmailChannel(row, facts.secret)
      return await work(channel)
    },
    withSmsChannel: async (row, work) => {
      await using channel = openSmsSender(row, facts)
      return await work(channel)
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([emails[Symbol.asyncDispose](), texts[Symbol.asyncDispose]()])
    },
  }
}

export function identityOf(row: SenderRow | undefined): Identity {
  if (!row) return { fromName: null, fromAddress: null, replyTo: null, paced: null, repeatKey: null }
  const { id, fromName, fromAddress, replyTo, perSecond, perDay, warmUpFrom, settings, sealed } = row
  const repeatKey = createHash('sha256')
    .update(`${JSON.stringify(settings)} ${sealed}`)
    .digest('hex')
    .slice(0, 32)
  return { fromName, fromAddress, replyTo, paced: { senderId: id, perSecond, perDay, warmUpFrom }, repeatKey }
}

/** Asks again and again until the answer is yes or nobody wants to know. A look that fails is made again. */
function watchFor(hasChanged: () => Promise<boolean>, everyMs: number): Disposable & { changed: AbortSignal } {
  const controller = new AbortController()
  let isStopped = false
  const look = async (): Promise<void> => {
    if (await hasChanged().catch(() => false)) controller.abort()
    else if (!isStopped) plan()
  }
  let timer: NodeJS.Timeout | undefined
  const plan = (): void => {
    timer = setTimeout(() => void look(), everyMs)
  }
  plan()
  return {
    changed: controller.signal,
    [Symbol.dispose]: () => {
      isStopped = true
      clearTimeout(timer)
    },
  }
}
