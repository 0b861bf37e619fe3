import { INTERRUPTED, type Io } from './cli/lib/cli.ts'
import { runCli } from './cli/program.ts'
import { readEnvironment } from './config.ts'

const io: Io = {
  environment: readEnvironment(),
  input: process.stdin,
  output: process.stdout,
  notes: process.stderr,
  onInterrupt: (listener) => {
    process.once('SIGINT', listener)
    return () => process.off('SIGINT', listener)
  },
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0) // whoever reads has enough, as `head` does
})
process.exitCode = await runCli(process.argv.slice(2), io)
if (process.exitCode === INTERRUPTED) process.exit() // a question may still wait for its answer
