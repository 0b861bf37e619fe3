import { setTimeout as sleep } from 'node:timers/promises'
import type { Cli } from './cli.ts'

const ASK_EVERY_MS = 400

/** Asks until the answer is final, telling each one. Undefined when the person pressed Ctrl-C meanwhile. */
export async function waitUntil<Answer>(
  cli: Cli,
  {
    ask,
    tell,
    isFinal,
  }: { ask: () => Promise<Answer>; tell: (answer: Answer) => void; isFinal: (answer: Answer) => boolean },
): Promise<Answer | undefined> {
  const interrupt = new AbortController()
  const stopListening = cli.io.onInterrupt(() => interrupt.abort())
  try {
    while (!interrupt.signal.aborted) {
      const answer = await ask()
      tell(answer)
      if (isFinal(answer)) return answer
      await sleep(ASK_EVERY_MS, undefined, { signal: interrupt.signal }).catch(() => undefined)
    }
    return undefined
  } finally {
    stopListening()
  }
}
