import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from './postgres.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const READY_WITHIN_MS = 90_000

/** The real server as a process of its own. Disposing it kills what still runs. */
export type ServerProcess = AsyncDisposable & {
  url: string
  /** Everything that it printed so far. */
  output: () => string
  /** Waits until /ready says so; fails with the output when the process ends first. */
  ready: () => Promise<void>
  /** Ends it as a power cut would. */
  kill: () => Promise<void>
  /** Waits for its end; the exit code. */
  ended: () => Promise<number | null>
  /** Sends SIGTERM and waits for the end; the exit code. */
  stop: () => Promise<number | null>
  /** Calls its API. Throws for an answer that is none of the 200s. */
  call: <Reply>(method: string, path: string, apiKey: string) => Promise<Reply>
}

/** Starts the server on a free port, with nothing in its environment but what is given. */
export async function startServer(environment: Record<string, string>): Promise<ServerProcess> {
  const port = await freePort()
  const child = spawn(process.execPath, ['src/main.ts'], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      LOG_LEVEL: 'error',
      EMULATOR_PORT: 'off',
      MESSAGE_LEASE_SECONDS: '2',
      PORT: String(port),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const chunks: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(String(chunk)))
  const gone = once(child, 'exit') as Promise<[number | null]>
  const url = `http://127.0.0.1:${port}`
  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> => {
    if (isAlive(child)) child.kill(signal)
    return (await gone)[0]
  }
  return {
    url,
    output: () => chunks.join(''),
    ready: () => pollReady(child, url, chunks),
    kill: async () => void (await end('SIGKILL')),
    ended: async () => (await gone)[0],
    stop: () => end('SIGTERM'),
    call: (method, path, apiKey) => call(url + path, method, apiKey),
    [Symbol.asyncDispose]: async () => void (await end('SIGKILL')),
  }
}

function isAlive(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null
}

async function pollReady(child: ChildProcess, url: string, chunks: string[]): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  while (isAlive(child) && Date.now() < deadline) {
    const answer = await fetch(`${url}/ready`).catch(() => undefined)
    if (answer?.ok) return
    await sleep(25)
  }
  throw new Error(`the server did not become ready:\n${chunks.join('')}`)
}

async function call<Reply>(url: string, method: string, apiKey: string): Promise<Reply> {
  const answer = await fetch(url, { method, headers: { authorization: `Bearer ${apiKey}` } })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${text}`)
  return JSON.parse(text) as Reply
}
