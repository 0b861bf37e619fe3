/** What a fault may carry besides its code and text; `coupon` names the coupon that lacks a code. */
export type FaultData = { suggestion?: string; coupon?: string; item?: string }

/** A finding before its offset in the source has become a line and a column. */
export type Finding = { severity: 'error' | 'warning'; code: string; message: string; offset: number } & FaultData

/**
 * An error inside the engine; becomes a TemplateError at its border.
 *
 * `kind` decides who may swallow it: `value` is what a condition's operators turn into false, `missing` also what a bare
 * condition turns into false, `limit` nobody. `offset` is absent when the place is that of the tag that runs.
 */
export class Fault extends Error {
  readonly code: string
  readonly kind: 'syntax' | 'value' | 'missing' | 'limit'
  readonly offset: number | undefined
  readonly data: FaultData

  constructor(
    kind: Fault['kind'],
    code: string,
    message: string,
    options: { offset?: number; data?: FaultData; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.kind = kind
    this.code = code
    this.offset = options.offset
    this.data = options.data ?? {}
  }
}

export function syntaxFault(code: string, message: string, offset: number, suggestion?: string): Fault {
  return new Fault('syntax', code, message, suggestion === undefined ? { offset } : { offset, data: { suggestion } })
}

export function valueFault(message: string): Fault {
  return new Fault('value', 'render_failed', message)
}

export function limitFault(message: string): Fault {
  return new Fault('limit', 'limit_exceeded', message)
}

/** The known name nearest to `name`: at most 2 edits away (1 for names under five letters), else undefined. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase().slice(0, 40)
  let best: string | undefined
  let bestDistance = wanted.length < 5 ? 2 : 3
  for (const candidate of known) {
    const distance = editDistance(wanted, candidate.toLowerCase(), bestDistance)
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

function editDistance(a: string, b: string, tooFar: number): number {
  if (Math.abs(a.length - b.length) >= tooFar) return tooFar
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? tooFar
}
