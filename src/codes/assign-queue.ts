import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Db } from '../db/database.ts'
import { type AssignInput, type AssignOutcome, assignCodes } from './assign.ts'

/** Most profiles of one gathered call: keeps the time short for which the coupon is held. */
const MOST_PER_CALL = 500

export type AssignOneInput = Omit<AssignInput, 'profileIds'> & { profileId: string }
export type AssignOne = (input: AssignOneInput) => Promise<AssignOutcome>

type Waiting = { input: AssignOneInput; resolve: (outcome: AssignOutcome) => void; reject: (reason: unknown) => void }

/**
 * Gathers single assignments of one coupon and entry that arrive while an earlier call is at work into one `assignCodes`.
 *
 * Draws of a coupon come one after another anyway; gathered, fifty callers wait for one transaction instead of fifty.
 * Nothing is held back: a call that finds nothing at work starts at once. An error reaches every gathered caller.
 */
export function createAssignQueue(db: Db): AssignOne {
  const lines = new Map<string, Waiting[]>()

  async function work(key: string, line: Waiting[]): Promise<void> {
    while (line.length > 0) {
      await assignTogether(db, line.splice(0, MOST_PER_CALL))
      await nextTurn() // callers who were just answered ask again now: they are gathered too, instead of waiting for a small batch
    }
    lines.delete(key)
  }

  return (input) => {
    const { promise, resolve, reject } = Promise.withResolvers<AssignOutcome>()
    const key = `${input.accountId} ${input.couponId} ${input.entry ?? ''}`
    const line = lines.get(key)
    const waiting = { input, resolve, reject }
    if (line) {
      line.push(waiting)
    } else {
      const fresh = [waiting]
      lines.set(key, fresh)
      work(key, fresh).catch(reject)
    }
    return promise
  }
}

async function assignTogether(db: Db, calls: Waiting[]): Promise<void> {
  const [first] = calls
  if (!first) return
  try {
    const profileIds = calls.map((call) => call.input.profileId)
    const outcomes = await assignCodes(db, { ...first.input, profileIds })
    const byProfile = new Map(outcomes.map((outcome) => [outcome.profileId, outcome]))
    for (const call of calls)
      call.resolve(
        byProfile.get(call.input.profileId) ?? { status: 'unknown_profile', profileId: call.input.profileId },
      )
  } catch (error) {
    for (const call of calls) call.reject(error)
  }
}
