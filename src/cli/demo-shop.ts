import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Config } from '../config.ts'
import type { DemoShop } from '../stores/shopify/connect/demo-shop.ts'

const PROGRAM = fileURLToPath(new URL('../../emulator/main.ts', import.meta.url))
const START_WITHIN_MS = 30_000
/** It writes its state when it stops. */
const STOP_WITHIN_MS = 10_000

/**
 * Starts the demo store as a program of its own, kept in the data folder; undefined where none is wanted or it cannot start.
 *
 * It ends with this process, however that ends: its input ends then. A port that is taken is said on the console and costs the
 * demo store only.
 */
export async function startDemoShop(
  config: Pick<Config, 'emulatorPort' | 'dataDir'>,
): Promise<(DemoShop & AsyncDisposable) | undefined> {
  if (config.emulatorPort === undefined) return undefined
  const folder = resolve(config.dataDir)
  mkdirSync(folder, { recursive: true })
  const state = join(folder, 'demo-store.json')
  const child = spawn(
    process.execPath,
    [PROGRAM, '--port', String(config.emulatorPort), '--state', state, '--stop-with-input'],
    // A group of its own: Ctrl+C must reach us first, who still may have work in the shop.
    { detached: true, stdio: ['pipe', 'pipe', 'pipe'], env: {} },
  )
  const told = await waitForStart(child)
  if (typeof told !== 'string') return { ...told, [Symbol.asyncDispose]: () => stop(child) }
  child.kill()
  console.warn(
    `The demo store does not run: ${told} Set EMULATOR_PORT to a free port, or to off. Everything else works without it.`,
  )
  return undefined
}

/** What the program says of itself, or why it did not start. */
async function waitForStart(child: ChildProcess): Promise<DemoShop | string> {
  const { promise, resolve: settle } = Promise.withResolvers<DemoShop | string>()
  let said = ''
  const hear = (chunk: Buffer): void => {
    said += String(chunk)
    const url = /^Storefront +(\S+?)\/?$/m.exec(said)?.[1]
    const domain = /^Shop domain +(\S+)$/m.exec(said)?.[1]
    if (url && domain) settle({ url, domain })
  }
  child.stdout?.on('data', hear)
  child.stderr?.on('data', hear)
  child.once('error', (error) => settle(`${error.message}.`))
  child.once('exit', () => settle(/EADDRINUSE/.test(said) ? 'its port is in use by another program.' : said.trim()))
  const timer = setTimeout(() => settle('it did not start in time.'), START_WITHIN_MS)
  const told = await promise
  clearTimeout(timer)
  child.stdout?.removeAllListeners('data').resume()
  child.stderr?.removeAllListeners('data').resume()
  return told
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((done) => child.once('exit', done))
  child.stdin?.end()
  await Promise.race([ended, sleep(STOP_WITHIN_MS, undefined, { ref: false })])
  child.kill()
}
