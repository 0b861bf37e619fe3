import { createHash } from 'node:crypto'
import { globSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')
const SOURCES = ['dashboard/**/*', 'contract/**/*', 'package-lock.json']
const STAMP = join(ROOT, 'dashboard/dist/.sources')

/**
 * Builds the dashboard into `dashboard/dist` if its sources are not the ones of the last build.
 *
 * The stamp is written last, so that a build that was interrupted counts as none.
 */
export async function buildDashboard(): Promise<'built' | 'unchanged'> {
  const sources = await hashSources()
  if ((await readStamp()) === sources) return 'unchanged'
  // Loaded here because a start that builds nothing should not pay for it.
  const { build } = await import('vite')
  await build({ configFile: join(ROOT, 'dashboard/vite.config.ts'), logLevel: 'warn' })
  await writeFile(STAMP, sources)
  return 'built'
}

/** Whether the dashboard was built from the sources as they are. */
export async function isDashboardBuilt(): Promise<boolean> {
  return (await readStamp()) === (await hashSources())
}

async function hashSources(): Promise<string> {
  const files = globSync(SOURCES, { cwd: ROOT, withFileTypes: true, exclude: isBuilt })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  const hash = createHash('sha256')
  for (const file of files) {
    const content = await readFile(file)
    hash.update(`${file.slice(ROOT.length)} ${content.length}\n`).update(content)
  }
  return hash.digest('hex')
}

const isBuilt = (entry: { name: string; parentPath: string }): boolean =>
  entry.name === 'dist' && entry.parentPath.endsWith('dashboard')

async function readStamp(): Promise<string | undefined> {
  try {
    return await readFile(STAMP, 'utf8')
  } catch {
    return undefined
  }
}
