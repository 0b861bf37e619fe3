const SECONDS = { h: 3600, d: 86_400, w: 604_800 } as const

/** `12h`, `7d` or `2w` in seconds; undefined for anything else. */
export function parseDurationSeconds(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,6})([hdw])$/.exec(text) ?? []
  return count === undefined ? undefined : Number(count) * SECONDS[unit as keyof typeof SECONDS]
}

/** Seconds in the largest unit that divides them: `7 days`, `36 hours`, `90 s`. */
export function formatDuration(seconds: number): string {
  for (const [unit, length] of [
    ['day', 86_400],
    ['hour', 3600],
  ] as const) {
    const count = seconds / length
    if (Number.isInteger(count)) return `${count} ${unit}${count === 1 ? '' : 's'}`
  }
  return `${seconds} s`
}
