import type { EmailChannel } from '../../channels/email/email-channel.ts'
import type { VerifyResult } from '../../channels/send-outcome.ts'
import type { Db } from '../../db/database.ts'
import type { PacedSender } from '../pace/pace.ts'
import { openEmailChannel, verifyProvider } from './providers.ts'
import { type SenderRow, selectActiveSender } from './senders.sql.ts'

/** Who a mail is from, where the sender says so; null: the account's own. `paced`: null for the installation's sender. */
export type Identity = {
  fromName: string | null
  fromAddress: string | null
  replyTo: string | null
  paced: PacedSender | null
}
export type SenderInUse = Identity & { channel: EmailChannel }

/** The open connections to providers of this process. */
export type OpenSenders = AsyncDisposable & {
  /** What sends email where no sender is active. */
  fallback: EmailChannel
  /**
   * Does work with the channel of the account's active sender. `changed` says that another sender, or other settings, hold by
   * now: come again then. A channel is closed when nobody works with it any more.
   */
  withSender: <Result>(
    db: Db,
    accountId: string,
    work: (sender: SenderInUse, changed: AbortSignal) => Promise<Result>,
  ) => Promise<Result>
  /** Asks the provider of a sender, active or not, whether its settings are right. */
  verify: (row: SenderRow) => Promise<VerifyResult>
  /** Opens a sender of emails for one piece of work, active or not. */
  withChannel: <Result>(row: SenderRow, work: (channel: EmailChannel) => Promise<Result>) => Promise<Result>
}

/** How often somebody at work looks whether the sender has changed. */
const LOOK_MS = 2000

type Open = { key: string; channel: EmailChannel; users: number; isStale: boolean }

/**
 * Keeps one channel per account open for as long as its sender is active and unchanged. The database says what holds: each use
 * reads it, so that all processes notice a change, whichever made it.
 */
export function createSenders(options: { fallback: EmailChannel; secret: string; lookMs?: number }): OpenSenders {
  const { fallback, secret, lookMs = LOOK_MS } = options
  const open = new Map<string, Open>()

  async function release(entry: Open): Promise<void> {
    entry.users -= 1
    if (entry.isStale && entry.users === 0) await entry.channel[Symbol.asyncDispose]()
  }

  function retire(accountId: string): Promise<void> | undefined {
    const entry = open.get(accountId)
    if (!entry) return undefined
    open.delete(accountId)
    entry.isStale = true
    entry.users += 1
    return release(entry)
  }

  async function take(accountId: string, row: SenderRow): Promise<Open> {
    const known = open.get(accountId)
    if (known?.key === keyOf(row)) {
      known.users += 1
      return known
    }
    const channel = openEmailChannel(row, secret)
    const made: Open = { key: keyOf(row), channel, users: 1, isStale: false }
    const retired = retire(accountId)
    open.set(accountId, made)
    await retired
    return made
  }

  return {
    fallback,
    withSender: async (db, accountId, work) => {
      const row = await selectActiveSender(db, accountId, 'email')
      const entry = row && (await take(accountId, row))
      const watch = watchFor(async () => keyOf(await selectActiveSender(db, accountId, 'email')) !== keyOf(row), lookMs)
      try {
        return await work({ ...identityOf(row), channel: entry?.channel ?? fallback }, watch.changed)
      } finally {
        watch.stop()
        if (entry) await release(entry)
        if (!row) await retire(accountId)
      }
    },
    verify: (row) => verifyProvider(row, secret),
    withChannel: async (row, work) => {
      await using channel = openEmailChannel(row, secret)
      return await work(channel)
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...open.keys()].map((accountId) => retire(accountId)))
      await fallback[Symbol.asyncDispose]()
    },
  }
}

function keyOf(row: SenderRow | undefined): string {
  return row ? `${row.id} ${row.revision} ${row.dkim?.domain} ${row.dkim?.selector}` : ''
}

export function identityOf(row: SenderRow | undefined): Identity {
  if (!row) return { fromName: null, fromAddress: null, replyTo: null, paced: null }
  const { id, fromName, fromAddress, replyTo, perSecond, perDay, warmUpFrom } = row
  return { fromName, fromAddress, replyTo, paced: { senderId: id, perSecond, perDay, warmUpFrom } }
}

/** Asks again and again until the answer is yes or nobody wants to know. A look that fails is made again. */
function watchFor(hasChanged: () => Promise<boolean>, everyMs: number): { changed: AbortSignal; stop: () => void } {
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
    stop: () => {
      isStopped = true
      clearTimeout(timer)
    },
  }
}
