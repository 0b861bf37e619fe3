import { setTimeout as sleep } from 'node:timers/promises'
import type { SendOutcome } from '../../channels/send-outcome.ts'
import type { Db } from '../../db/database.ts'
import { type PaceRow, selectPaces, updateNoted, updateTaken } from './pace.sql.ts'
import { dailyLimitOf } from './warm-up.ts'

export type Pace = PaceRow

/** What limits a sender. */
export type PacedSender = {
  senderId: string
  perSecond: number | null
  perDay: number | null
  warmUpFrom: string | null
}

/** Failures of the sender in a row after which it rests: 1 minute, then 2, 4 and so on up to 15. */
const MOST_FAILURES = 5
const REST_MS = 60_000
const LONGEST_REST_MS = 15 * 60_000
/** How long the one message may take that tells whether a rested sender works again. */
const PROBE_MS = 60_000
/** After a provider asked for fewer messages: this long at half the pace, or at 10 a second where there is no limit. */
const SLOW_MS = 60_000
const SLOW_PER_SECOND = 10
/** Of a second's messages, the share that is left for test mails and for those that are sent again. */
const KEPT_SHARE = 0.1
/** Who needs a turn within this time waits for it. */
const LONGEST_WAIT_MS = 1000

/** The paces of senders, by sender; those who never sent are not among them. */
export async function findPaces(
  db: Db,
  input: { accountId: string; senderIds: readonly string[] },
): Promise<Map<string, Pace>> {
  if (input.senderIds.length === 0) return new Map()
  const rows = await selectPaces(db, input.accountId, input.senderIds)
  return new Map(rows.map((row) => [row.senderId, row]))
}

/**
 * How many of the wanted messages a sender may send now, counted over all processes: by its limit a second, by the day's (with
 * the warm-up's) and by its health. 0: come again later. Waits up to a second for the next turn. `goesFirst`: may use what is
 * kept from everybody else. A `sender` of null has no limits.
 */
export async function takeTurns(
  db: Db,
  input: { accountId: string; sender: PacedSender | null; want: number; goesFirst: boolean; now: () => Date },
): Promise<number> {
  const { accountId, sender, want, goesFirst } = input
  if (sender === null) return want
  const take = async () => {
    const now = input.now()
    return await updateTaken(db, {
      accountId,
      senderId: sender.senderId,
      want,
      perSecond: sender.perSecond,
      slowPerSecond: sender.perSecond === null ? SLOW_PER_SECOND : Math.max(1, sender.perSecond / 2),
      perDay: dailyLimitOf(sender, now),
      kept: goesFirst ? 0 : Math.floor((sender.perSecond ?? 0) * KEPT_SHARE),
      day: now.toISOString().slice(0, 10),
      probeMs: PROBE_MS,
      now,
    })
  }
  const first = await take()
  if (first.granted > 0 || first.waitMs === 0 || first.waitMs > LONGEST_WAIT_MS) return first.granted
  await sleep(first.waitMs)
  return (await take()).granted
}

/** Gives back turns that were not used and notes how the sender fared in those that were. */
export async function noteTurns(
  db: Db,
  input: {
    accountId: string
    sender: PacedSender | null
    unused: number
    outcomes: readonly SendOutcome[]
    now: Date
  },
): Promise<void> {
  const { accountId, sender, unused, outcomes, now } = input
  if (sender === null || (unused === 0 && outcomes.length === 0)) return
  const lastAnswer = outcomes.findLastIndex(isAnswer)
  const failures = outcomes.slice(lastAnswer + 1).filter(isFailure)
  await updateNoted(db, {
    accountId,
    senderId: sender.senderId,
    unused,
    failures: failures.length,
    hadAnswer: lastAnswer >= 0,
    mostFailures: MOST_FAILURES,
    restMs: REST_MS,
    longestRestMs: LONGEST_REST_MS,
    slowUntil: slowUntil(outcomes, now),
    reason: reasonOf(failures.at(-1)),
    now,
  })
}

/** Whether an outcome is the sender's own failure: its account is refused, or its provider cannot be reached or heard. */
function isFailure(outcome: SendOutcome): boolean {
  if (outcome.status === 'rejected') return outcome.fault === 'account'
  return outcome.status === 'blocked' || outcome.status === 'unknown' || outcome.status === 'deferred'
}

/** Whether the provider answered as one that works; being asked for fewer messages says nothing about that. */
function isAnswer(outcome: SendOutcome): boolean {
  return outcome.status !== 'throttled' && !isFailure(outcome)
}

function slowUntil(outcomes: readonly SendOutcome[], now: Date): Date | null {
  const waits = outcomes.flatMap((outcome) =>
    outcome.status === 'throttled' ? [Math.max(SLOW_MS, outcome.retryAfterMs ?? 0)] : [],
  )
  return waits.length === 0 ? null : new Date(now.getTime() + Math.max(...waits))
}

function reasonOf(outcome: SendOutcome | undefined): string | null {
  return outcome && 'reason' in outcome ? outcome.reason.slice(0, 500) : null
}
