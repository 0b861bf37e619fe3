import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Cli } from './cli.ts'
import { waitUntil } from './wait.ts'

/** A command line that is only listened to for Ctrl-C. */
function openCli(): { cli: Cli; interrupt: () => void; listeners: Set<() => void> } {
  const listeners = new Set<() => void>()
  const onInterrupt = (listener: () => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  const cli = { io: { onInterrupt } } as unknown as Cli
  return { cli, listeners, interrupt: () => listeners.forEach((listener) => void listener()) }
}

test('asking goes on until the answer is final, and each answer is told', async () => {
  const { cli, listeners } = openCli()
  const told: number[] = []
  let step = 0
  const last = await waitUntil(cli, {
    ask: async () => ({ step: ++step }),
    tell: (answer) => void told.push(answer.step),
    isFinal: (answer) => answer.step === 2,
  })
  assert.deepEqual([last, told, listeners.size], [{ step: 2 }, [1, 2], 0])
})

test('Ctrl-C ends the waiting at once, also while an answer is on its way', async () => {
  const { cli, interrupt, listeners } = openCli()
  const waiting = waitUntil(cli, { ask: () => new Promise<never>(() => {}), tell: () => {}, isFinal: () => false })
  interrupt()
  assert.equal(await waiting, undefined)
  assert.equal(listeners.size, 0)
})

test('a failure to ask is told', async () => {
  const { cli, listeners } = openCli()
  const ask = async () => {
    throw new Error('gone')
  }
  await assert.rejects(waitUntil(cli, { ask, tell: () => {}, isFinal: () => true }), { message: 'gone' })
  assert.equal(listeners.size, 0)
})
