import type { Sender } from '../../../contract/senders.ts'
import type { Pace } from './pace.ts'
import { dailyLimitOf } from './warm-up.ts'

/** How a sender is doing, for the person who looks after it. */
export function healthOf(
  sender: { perDay: number | null; warmUpFrom: string | null },
  pace: Pace | undefined,
  now: Date,
): Sender['health'] {
  const isToday = pace?.day === now.toISOString().slice(0, 10)
  const counts = { sentToday: isToday ? pace.sentToday : 0, dailyLimit: dailyLimitOf(sender, now) }
  if (pace?.openUntil) {
    return { state: 'resting', reason: pace.reason, until: pace.openUntil.toISOString(), ...counts }
  }
  if (pace?.slowUntil && pace.slowUntil > now) {
    const reason = 'The provider wants fewer messages at a time.'
    return { state: 'slowed', reason, until: pace.slowUntil.toISOString(), ...counts }
  }
  return { state: 'well', reason: null, until: null, ...counts }
}
