#!/usr/bin/env node
// Starts the command line under the project's own Node, whatever Node this file is called with.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const NEEDED_MAJOR = 24
const cli = fileURLToPath(new URL('../src/cli.ts', import.meta.url))
const node = findNode()
if (node === undefined) {
  console.error(`Onecode needs Node ${NEEDED_MAJOR}, and its own is not installed. Run: npm ci`)
  process.exit(1)
}

const child = spawn(node, [cli, ...process.argv.slice(2)], { stdio: 'inherit' })
process.on('SIGINT', () => {}) // a terminal sends it to the child as well, which decides when to stop
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('error', (error) => {
  console.error(`${node} could not be started: ${error.message}`)
  process.exit(1)
})
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1)
})

/** The Node among the packages of the project, else the one that runs this file when it is new enough. */
function findNode() {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('node/package.json'))
    const file = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
    if (existsSync(file)) return file
  } catch {
    // not installed: looked at below
  }
  return Number(process.versions.node.split('.')[0]) >= NEEDED_MAJOR ? process.execPath : undefined
}
