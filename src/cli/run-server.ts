import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type App, openApp, type Role } from '../app.ts'
import { ConfigError, readConfig } from '../config.ts'
import { FolderInUseError } from '../db/folder-lock.ts'
import { startDemoShop } from './demo-shop.ts'

/** Seconds that a stopping process has to finish its batches before it is ended. */
const STOP_WITHIN_MS = 30_000

/** Opens the app with the roles asked for and keeps it open until a signal stops it. Says on the console where it is. */
export async function runServer(options: { role?: Role; buildDashboard?: boolean } = {}): Promise<void> {
  const config = readConfig()
  const began = performance.now()
  console.log(
    config.databaseUrl ? 'Starting Onecode on Postgres …' : `Starting Onecode with its data in ${config.dataDir} …`,
  )
  if (options.buildDashboard) {
    const { isDashboardBuilt } = await import('../../scripts/build-dashboard.ts')
    if (!(await isDashboardBuilt())) await buildAside()
  }
  const demo = options.role === 'worker' ? undefined : await startDemoShop(config)
  const app = await openApp(config, { ...(options.role ? { role: options.role } : {}), demo })
  stopOnSignal(app, demo)
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  console.log(`Onecode is ready after ${seconds} s: ${config.publicUrl ?? `http://localhost:${config.port}`}`)
  if (demo) console.log(`The demo store, a local Shopify: ${demo.url}`)
}

/** Builds the dashboard in a process of its own: what a build takes (about 1 GB) would stay with the server. */
async function buildAside(): Promise<void> {
  const script = fileURLToPath(new URL('../../scripts/build.ts', import.meta.url))
  const [code] = (await once(spawn(process.execPath, [script], { stdio: 'inherit' }), 'exit')) as [number | null]
  if (code !== 0) throw new Error('The dashboard could not be built; the reason is above.')
}

/** The first SIGTERM or SIGINT finishes what is at work; the second ends at once. */
function stopOnSignal(app: App, demo: AsyncDisposable | undefined): void {
  let isStopping = false
  const stop = async (): Promise<void> => {
    if (isStopping) process.exit(1)
    isStopping = true
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref()
    await app[Symbol.asyncDispose]()
    await demo?.[Symbol.asyncDispose]()
    process.exit(0) // PGlite keeps a timer that would hold the process for a while
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      stop().catch((error: unknown) => {
        console.error(error)
        process.exit(1)
      })
    })
  }
}

/** What the operator is told when a server cannot start. */
export function describeStartFailure(error: unknown): unknown {
  const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  if (isTaken) return 'The port is in use by another program. Set PORT to another one, or stop that program.'
  return error instanceof ConfigError || error instanceof FolderInUseError ? error.message : error
}
