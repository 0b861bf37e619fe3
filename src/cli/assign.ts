import type { Command } from 'commander'
import type { z } from 'zod'
import { type assignReply, MAX_PROFILES_PER_CALL } from '../../contract/codes.ts'
import type { Cli } from './lib/cli.ts'
import { formatMoment } from './lib/progress.ts'
import { formatTable } from './lib/table.ts'

type Reply = z.infer<typeof assignReply>

export function addAssign(program: Command, cli: Cli): void {
  program
    .command('assign')
    .argument('<coupon>')
    .argument('<email...>', 'people of the account')
    .option(
      '--entry <text>',
      'what the codes are for, such as the id of an order: for coupons with a new code each entry',
    )
    .description(
      'Give people their code of a coupon. Who holds an open one keeps it; who had theirs of a coupon that gives one only gets none. Exit code 1 when somebody got none.',
    )
    .addHelpText(
      'after',
      '\nExample:\n  onecode assign WELCOME20 jane@example.com john@example.com\n  onecode assign THANKS --entry order-1042 jane@example.com',
    )
    .action(async (coupon: string, emails: string[], { entry }: { entry?: string }) => {
      const client = cli.client()
      const results: Reply['results'] = []
      for (let from = 0; from < emails.length; from += MAX_PROFILES_PER_CALL) {
        const profiles = emails.slice(from, from + MAX_PROFILES_PER_CALL).map((email) => ({ email }))
        results.push(
          ...(
            await client.post<Reply>('/v1/assignments', { coupon, profiles, ...(entry === undefined ? {} : { entry }) })
          ).results,
        )
      }
      const rows = results.map((result) => [
        result.email ?? '',
        result.status,
        result.code ?? '',
        result.expiresAt ? formatMoment(result.expiresAt) : '',
      ])
      cli.show(results, formatTable(['email', 'status', 'code', 'expires'], rows))
      if (results.some((result) => result.code === null)) cli.setExitCode(1)
    })
}
