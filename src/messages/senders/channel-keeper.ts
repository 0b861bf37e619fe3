import type { SenderRow } from './senders.sql.ts'

/** A channel that somebody works with; disposing it says that they do no more. */
export type Lent<Channel> = AsyncDisposable & { channel: Channel }
export type ChannelKeeper<Channel> = AsyncDisposable & {
  /** The channel of an account's active sender; the fallback where there is none. */
  lend: (accountId: string, row: SenderRow | undefined) => Promise<Lent<Channel>>
}

type Open<Channel> = { key: string; channel: Channel; users: number; isStale: boolean }

/**
 * Keeps one channel per account open for as long as its sender is the same. Whoever comes with another one, or none, replaces it:
 * the old one is closed when nobody works with it any more.
 */
export function keepChannels<Channel extends AsyncDisposable>(options: {
  open: (row: SenderRow) => Channel
  fallback: Channel
}): ChannelKeeper<Channel> {
  const { fallback } = options
  const open = new Map<string, Open<Channel>>()

  async function release(entry: Open<Channel>): Promise<void> {
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

  async function take(accountId: string, row: SenderRow): Promise<Open<Channel>> {
    const known = open.get(accountId)
    if (known?.key === keyOf(row)) {
      known.users += 1
      return known
    }
    const made: Open<Channel> = { key: keyOf(row), channel: options.open(row), users: 1, isStale: false }
    const retired = retire(accountId)
    open.set(accountId, made)
    await retired
    return made
  }

  return {
    lend: async (accountId, row) => {
      if (!row) {
        await retire(accountId)
        return { channel: fallback, [Symbol.asyncDispose]: async () => {} }
      }
      const entry = await take(accountId, row)
      return { channel: entry.channel, [Symbol.asyncDispose]: () => release(entry) }
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...open.keys()].map((accountId) => retire(accountId)))
      await fallback[Symbol.asyncDispose]()
    },
  }
}

/** Another key: another sender, or other settings. Empty where no sender is active. */
export function keyOf(row: SenderRow | undefined): string {
  return row ? `${row.id} ${row.revision} ${row.dkim?.domain} ${row.dkim?.selector}` : ''
}
