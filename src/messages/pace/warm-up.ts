/**
 * Most messages on each day of a warm-up, the first day first. About half as much again each day: mailbox providers take a new
 * sender's mail for granted only as it grows slowly and people do not complain.
 */
const DAYS = [
  200, 300, 450, 700, 1000, 1500, 2300, 3500, 5000, 7500, 11_000, 17_000, 25_000, 38_000, 57_000, 85_000, 130_000,
  190_000, 290_000, 430_000, 650_000,
]
const DAY_MS = 86_400_000

/** What a sender may send on the UTC day of `now`: the smaller of its own limit and the warm-up's; null for no limit. */
export function dailyLimitOf(sender: { perDay: number | null; warmUpFrom: string | null }, now: Date): number | null {
  const limits = [sender.perDay, warmUpLimit(sender.warmUpFrom, now)].filter((limit) => limit !== null)
  return limits.length === 0 ? null : Math.min(...limits)
}

function warmUpLimit(from: string | null, now: Date): number | null {
  if (from === null) return null
  const day = Math.floor((now.getTime() - Date.parse(`${from}T00:00:00Z`)) / DAY_MS)
  return DAYS[Math.max(0, day)] ?? null
}
