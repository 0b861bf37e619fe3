import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** The embedded database is open in another process. It serves one process at a time. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError'
}

export type FolderLock = { release: () => void }

/**
 * Claims a data folder for this process by a file that names it.
 *
 * A lock left by a process that was killed is taken over. Where /proc exists, the process's start time is compared too, so
 * that a number given to another program since does not look like the owner.
 */
export function lockFolder(folder: string): FolderLock {
  const file = join(folder, 'onecode.lock')
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (createLock(file)) return { release: () => rmSync(file, { force: true }) }
    const owner = readOwner(file)
    if (owner && isRunning(owner)) {
      throw new FolderInUseError(
        `The folder ${folder} is already open in process ${owner.pid}. ` +
          'The embedded database serves one process: stop the other one, choose another DATA_DIR, or use Postgres (DATABASE_URL).',
      )
    }
    rmSync(file, { force: true })
  }
  throw new FolderInUseError(`The folder ${folder} is being opened by several processes at once. Start one of them.`)
}

type Owner = { pid: number; started: string }

function createLock(file: string): boolean {
  try {
    const handle = openSync(file, 'wx')
    writeSync(handle, JSON.stringify({ pid: process.pid, started: startOf(process.pid) } satisfies Owner))
    closeSync(handle)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function readOwner(file: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Owner
  } catch {
    return undefined // gone, or cut off by a kill in mid-write: nobody owns it
  }
}

function isRunning(owner: Owner): boolean {
  try {
    process.kill(owner.pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const started = startOf(owner.pid)
  return started === '' || owner.started === '' || started === owner.started
}

/** When a process started, in the kernel's ticks; empty where /proc does not exist. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}
