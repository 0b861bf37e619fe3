import { type Command, Option } from 'commander'
import type { FoundCode, ReplaceReply, ResendReply, RevokeReply } from '../../contract/codes.ts'
import type { Cli } from './lib/cli.ts'
import type { Client } from './lib/client.ts'
import { CliError } from './lib/failure.ts'
import { formatMoment } from './lib/progress.ts'
import { formatFacts } from './lib/table.ts'

type Reason = { store?: string; reason: string }

/** What support does with one code. */
export function addCodesByHand(codes: Command, cli: Cli): void {
  codes
    .command('show')
    .argument('<code>')
    .addOption(storeOption())
    .description('Find a code in all stores: who has it, what became of it.')
    .addHelpText('after', '\nExample:\n  onecode codes show WELCOME20-8KJ4WQ2MXYZ')
    .action((code: string, { store }: { store?: string }) => show(cli, code, store))
  codes
    .command('revoke')
    .argument('<code>')
    .requiredOption('--reason <text>', 'why; stays in the audit log, so name no person in it')
    .addOption(storeOption())
    .description('Take a code out of use, whether somebody has it or not.')
    .addHelpText('after', '\nExample:\n  onecode codes revoke WELCOME20-8KJ4WQ2MXYZ --reason "Shared in a forum"')
    .action((code: string, options: Reason) => revoke(cli, code, options))
  codes
    .command('replace')
    .argument('<code>')
    .requiredOption('--reason <text>', 'why; stays in the audit log, so name no person in it')
    .addOption(storeOption())
    .description('Take a code back from its person and give them a new one of the same coupon.')
    .addHelpText('after', '\nExample:\n  onecode codes replace WELCOME20-8KJ4WQ2MXYZ --reason "Did not work"')
    .action((code: string, options: Reason) => replace(cli, code, options))
  codes
    .command('resend')
    .argument('<code>')
    .addOption(new Option('--medium <medium>', 'the newest message of this kind').choices(['email', 'sms']))
    .addOption(storeOption())
    .description('Send the message that told a person this code to them again.')
    .addHelpText('after', '\nExample:\n  onecode codes resend WELCOME20-8KJ4WQ2MXYZ')
    .action((code: string, options: { medium?: string; store?: string }) => resend(cli, code, options))
}

function storeOption(): Option {
  return new Option('--store <name>', 'where two stores have this code')
}

async function requireCode(client: Client, code: string, store: string | undefined): Promise<FoundCode> {
  const found = await client.get<FoundCode[]>(`/v1/codes?${new URLSearchParams({ code })}`)
  const meant = found.filter((one) => store === undefined || one.storeName.toLowerCase() === store.trim().toLowerCase())
  const [only, ...others] = meant
  if (!only) throw new CliError('There is no such code. Write the whole code; its case does not matter.')
  if (others.length === 0) return only
  throw new CliError(`Name the store with --store. It is in: ${meant.map((one) => one.storeName).join(', ')}.`)
}

const SHOP_TEXT = {
  none: 'the checkout refuses it',
  waiting: 'the shop may still have it; it is being taken out',
  gone: 'the shop has it no more',
  used: 'an order was faster than the shop lost it',
}

async function show(cli: Cli, text: string, store: string | undefined): Promise<void> {
  const code = await requireCode(cli.client(), text, store)
  const { revocation } = code
  const facts = formatFacts({
    code: code.code,
    coupon: `${code.couponName}, version ${code.version}`,
    store: code.storeName,
    state: code.state,
    person: code.profileEmail ?? (code.profileId === null ? null : code.profileId),
    assigned: code.assignedAt && formatMoment(code.assignedAt),
    expires: code.expiresAt && formatMoment(code.expiresAt),
    redeemed: code.redeemedAt && formatMoment(code.redeemedAt),
    revoked: revocation && `${formatMoment(revocation.at)}: ${revocation.reason} (${SHOP_TEXT[revocation.shop]})`,
  })
  cli.show(code, facts)
}

async function revoke(cli: Cli, text: string, { store, reason }: Reason): Promise<void> {
  const client = cli.client()
  const code = await requireCode(client, text, store)
  const reply = await client.post<RevokeReply>(`/v1/codes/${code.id}/revoke`, { reason })
  cli.show(reply, `${code.code} is out of use: ${SHOP_TEXT[reply.shop]}.`)
}

async function replace(cli: Cli, text: string, { store, reason }: Reason): Promise<void> {
  const client = cli.client()
  const code = await requireCode(client, text, store)
  const reply = await client.post<ReplaceReply>(`/v1/codes/${code.id}/replace`, { reason })
  const { code: fresh, expiresAt } = reply.replacement
  const until = expiresAt ? `, until ${formatMoment(expiresAt)}` : ''
  cli.show(reply, `${code.profileEmail ?? 'The person'} has ${fresh} now${until}. ${code.code} is out of use.`)
}

async function resend(cli: Cli, text: string, { medium, store }: { medium?: string; store?: string }): Promise<void> {
  const client = cli.client()
  const code = await requireCode(client, text, store)
  const reply = await client.post<ResendReply>(`/v1/codes/${code.id}/resend`, medium === undefined ? {} : { medium })
  const what = reply.medium === 'sms' ? 'text message' : 'email'
  cli.show(reply, `The ${what} goes to ${reply.to} again.`)
}
