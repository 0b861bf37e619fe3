import type { Cli } from './cli.ts'

export type Progress = { done: number; wanted: number; ratePerSecond?: number | null; readyAt?: string | null }

const BAR_WIDTH = 24
/** How often progress is told where it cannot be drawn over. */
const LINE_EVERY_MS = 5000

/** Shows progress: a bar drawn over itself on a terminal, a line now and then elsewhere, nothing with --json. */
export function openProgress(cli: Cli, what: string): { show: (progress: Progress) => void; end: () => void } {
  const { notes } = cli.io
  if (notes.isTTY && !cli.isJson()) {
    return {
      show: (progress) => void notes.write(`\r\u001b[2K${drawBar(progress)} ${describeProgress(progress, what)}`),
      end: () => void notes.write('\n'),
    }
  }
  let last = Number.NEGATIVE_INFINITY
  let shown = ''
  return {
    show: (progress) => {
      const text = describeProgress(progress, what)
      const isDue = progress.done >= progress.wanted || performance.now() - last >= LINE_EVERY_MS
      if (!isDue || text === shown) return
      last = performance.now()
      shown = text
      cli.note(text)
    },
    end: () => {},
  }
}

export function drawBar({ done, wanted }: Progress): string {
  const filled = wanted === 0 ? BAR_WIDTH : Math.floor((Math.min(done, wanted) / wanted) * BAR_WIDTH)
  return `[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}]`
}

/** `4,000 of 10,000 codes, 2,000/s, ready at 2027-03-01 09:00:03Z`. */
export function describeProgress({ done, wanted, ratePerSecond, readyAt }: Progress, what: string): string {
  return [
    `${formatCount(done)} of ${formatCount(wanted)} ${what}`,
    ...(ratePerSecond ? [`${formatCount(Math.round(ratePerSecond))}/s`] : []),
    ...(readyAt ? [`ready at ${formatMoment(readyAt)}`] : []),
  ].join(', ')
}

export function formatCount(count: number): string {
  return count.toLocaleString('en')
}

/** An ISO moment in UTC as people read it, to the second. */
export function formatMoment(moment: string): string {
  return `${new Date(moment).toISOString().slice(0, 19).replace('T', ' ')}Z`
}
