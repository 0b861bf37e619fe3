import { Command, InvalidArgumentError } from 'commander'
import pino from 'pino'
import { openEmulator } from './emulator.ts'
import { isPlan, type PlanName } from './shop/settings.ts'

interface Options {
  port: number
  host: string
  plan: PlanName
  rate: number
  state?: string
  seed?: number
  token?: string
  stopWithInput?: boolean
}

function readNumber(text: string): number {
  const number = Number(text)
  if (!Number.isFinite(number) || number < 0) throw new InvalidArgumentError('Give a number that is not negative.')
  return number
}

function readPlan(text: string): PlanName {
  if (!isPlan(text)) throw new InvalidArgumentError('Give basic, standard, advanced, plus or enterprise.')
  return text
}

async function run(options: Options): Promise<void> {
  const log = pino({ name: 'emulator' })
  const emulator = await openEmulator({
    port: options.port,
    host: options.host,
    plan: options.plan,
    codesPerSecond: options.rate,
    ...(options.state ? { stateFile: options.state } : {}),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(options.token ? { adminToken: options.token } : {}),
  })
  console.log(`Storefront       ${emulator.url}/
Admin            ${emulator.url}/admin
Admin GraphQL    ${emulator.url}/admin/api/2026-10/graphql.json
Access token     ${emulator.adminToken}
Client id        ${emulator.clientId}
Client secret    ${emulator.clientSecret}
Shop domain      ${emulator.shopDomain}`)
  const stop = (signal: string): void => {
    log.info({ signal }, 'stopping')
    emulator.close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ error }, 'could not stop cleanly')
        process.exit(1)
      },
    )
  }
  process.once('SIGTERM', () => stop('SIGTERM'))
  process.once('SIGINT', () => stop('SIGINT'))
  if (options.stopWithInput) process.stdin.once('close', () => stop('end of input')).resume()
}

await new Command('emulator')
  .description(
    'A local Shopify: Admin GraphQL, storefront with checkout, webhooks, OAuth. Nothing leaves this machine.',
  )
  .option('--port <number>', 'port to listen on, 0 takes a free one', readNumber, 4322)
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--plan <name>', 'limits of basic, standard, advanced, plus or enterprise', readPlan, 'standard')
  .option('--rate <codes>', 'codes that bulk creations import a second, 0 is without limit', readNumber, 500)
  .option('--state <file>', 'keep the shop in this file between runs')
  .option('--seed <number>', 'the same tokens and random faults in every run', readNumber)
  .option('--token <token>', 'a fixed Admin API token instead of a random one')
  .option('--stop-with-input', 'stop when the standard input ends: with the program that started this one')
  .addHelpText('after', '\nFaults, clock and settings: /_emulator, see docs/emulator.md.')
  .action(async (options: Options, command: Command) => {
    await run(options).catch((error: unknown) => {
      command.error(`The emulator could not start: ${error instanceof Error ? error.message : String(error)}`)
    })
  })
  .parseAsync()
