import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'

/** Debian's own Python: its packages are not seen by any other. */
export const PYTHON = '/usr/bin/python3'
export const SMTP_SINK = '/usr/sbin/smtp-sink'

/** Why tests that need this program cannot run; false where they can. */
export function missing(program: string, debianPackage: string): string | false {
  try {
    accessSync(program, constants.X_OK)
    return false
  } catch {
    return `SKIPPED: ${program} is not here (Debian: apt-get install ${debianPackage})`
  }
}

/** Why tests that need this module of Python cannot run; false where they can. */
export function missingModule(module: string, debianPackage: string): string | false {
  const { status } = spawnSync(PYTHON, ['-c', `import ${module}`], { timeout: 20_000 })
  return status === 0 ? false : `SKIPPED: Python has no module ${module} (Debian: apt-get install ${debianPackage})`
}
