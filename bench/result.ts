/** The one line that a bench prints. `met` says whether `value` reaches the bar on this machine. */
export type BenchResult = {
  name: string
  machine: Record<string, unknown>
  results: Record<string, unknown>
  bars: { metric: string; value: number; bar: number; met: boolean }[]
}
