import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The installation's secrets: the first signs and seals, all of them open, so that a new one can be put before the old.
 *
 * They travel as one text, separated by commas, as the operator writes them.
 */
export function splitSecrets(secret: string): [string, ...string[]] {
  const [first = secret, ...older] = secret
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
  return [first, ...older]
}

/**
 * The installation's secret: the one of the configuration, else the one kept in `dataDir`, made at the first start.
 *
 * The file is written whole beside its place and then linked there, which only one of several processes can do: all of
 * them read the same secret, and none reads half a one. Only the owner of the file may read it.
 */
export function ensureSecret(config: { secret: string | undefined; dataDir: string }): string {
  if (config.secret !== undefined) return config.secret
  const file = join(config.dataDir, 'secret')
  const kept = readSecret(file)
  if (kept !== undefined) return kept

  mkdirSync(config.dataDir, { recursive: true })
  const part = `${file}.${randomBytes(6).toString('hex')}`
  writeFileSync(part, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flush: true })
  try {
    linkSync(part, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(part, { force: true })
  }
  const made = readSecret(file)
  if (made === undefined) throw new Error(`The secret in ${file} vanished while starting.`)
  return made
}

function readSecret(file: string): string | undefined {
  try {
    const secret = readFileSync(file, 'utf8').trim()
    if (secret.length >= 32) return secret
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  throw new Error(`${file} holds no secret of 32 characters or more. Restore it from a backup, or set ONECODE_SECRET.`)
}
