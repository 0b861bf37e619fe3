import { setTimeout as sleep } from 'node:timers/promises'
import type { Cli } from './cli.ts'

const ASK_EVERY_MS = 400

/** Asks until the answer is final, telling each one. Undefined when the person pressed Ctrl-C meanwhile. */
export async function waitUntil<Answer extends object>(
  cli: Cli,
  {
    ask,
    tell,
    isFinal,
  }: { ask: () => Promise<Answer>; tell: (answer: Answer) => void; isFinal: (answer: Answer) => boolean },
): Promise<Answer | undefined> {
  const interrupt = Promise.withResolvers<undefined>()
  const stopListening = cli.io.onInterrupt(() => interrupt.resolve(undefined))
  try {
    for (;;) {
      const answer = await Promise.race([ask(), interrupt.promise]) // an answer may be long in coming
      if (answer === undefined) return undefined
      tell(answer)
      if (isFinal(answer)) return answer
      const isInterrupted = await Promise.race([sleep(ASK_EVERY_MS, false), interrupt.promise.then(() => true)])
      if (isInterrupted) return undefined
    }
  } finally {
    stopListening()
  }
}
