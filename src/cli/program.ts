import { Command, CommanderError } from 'commander'
import manifest from '../../package.json' with { type: 'json' }
import { readClientConfig } from '../config.ts'
import { addAssign } from './assign.ts'
import { addCampaigns } from './campaigns.ts'
import { addCheckout } from './checkout.ts'
import { addCodes } from './codes.ts'
import { addCoupons } from './coupons.ts'
import { addInit } from './init.ts'
import { addKeys } from './keys.ts'
import type { Cli, Io } from './lib/cli.ts'
import { openClient } from './lib/client.ts'
import { describeFailure } from './lib/failure.ts'
import { addLists } from './lists.ts'
import { addMigrate } from './migrate.ts'
import { addPeople } from './people.ts'
import { addReport } from './report.ts'
import { addServe } from './serve.ts'
import { addStores } from './stores.ts'
import { addTemplates } from './templates.ts'

/**
 * Runs one command line. Returns its exit code: 0 done, 1 refused or failed (said on `notes`), 2 wrongly used, 130 Ctrl-C.
 * Throws what nobody expected.
 */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  let exitCode = 0
  let isJson = false
  const cli: Cli = {
    io,
    isJson: () => isJson,
    client: () => openClient(readClientConfig(io.environment)),
    show: (value, text) => void io.output.write(`${isJson ? JSON.stringify(value) : text}\n`),
    note: (text) => {
      if (!isJson) io.notes.write(`${text}\n`)
    },
    setExitCode: (code) => {
      exitCode = code
    },
  }
  const program = buildProgram(cli).hook('preAction', (_, action) => {
    isJson = action.optsWithGlobals().json === true
  })
  try {
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    const known = describeFailure(error)
    if (!known) throw error
    const { code, message } = known.error
    io.notes.write(`${isJson ? JSON.stringify(known) : code === 'invalid_use' ? message : `${message} (${code})`}\n`)
    return 1
  }
}

function buildProgram(cli: Cli): Command {
  const program = new Command('onecode')
    .description('A discount code of their own for every customer of a shop.')
    .version(manifest.version)
    .option('--json', 'print the result as JSON, for machines')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void cli.io.output.write(text),
      writeErr: (text) => void cli.io.notes.write(text),
    })
    .exitOverride()
    .addHelpText(
      'after',
      '\nCommands but serve, migrate and init talk to the server at ONECODE_URL (http://localhost:4321) with the key ONECODE_API_KEY.',
    )
  addServe(program)
  for (const add of [addMigrate, addInit, addLists, addPeople, addCoupons, addCodes, addAssign, addTemplates]) {
    add(program, cli)
  }
  for (const add of [addCampaigns, addCheckout, addReport, addStores, addKeys]) add(program, cli)
  return program
}
