import type { Command } from 'commander'
import type { z } from 'zod'
import type { CheckoutReply, rollbackReply } from '../../contract/codes.ts'
import { formatAmount, parseAmountMinor } from './lib/amount.ts'
import type { Cli } from './lib/cli.ts'
import { requireStore } from './lib/find.ts'

type RedeemOptions = { order: string; subtotal: string; currency: string; email?: string; store?: string }

export function addCheckout(program: Command, cli: Cli): void {
  program
    .command('redeem')
    .argument('<code>')
    .description('Use a code for an order, once. Exit code 1 when it is refused.')
    .requiredOption('--order <id>', "the shop's number of the order")
    .requiredOption('--subtotal <amount>', 'of the order, before the discount, such as 80.00')
    .requiredOption('--currency <code>', 'of the subtotal, such as EUR')
    .option('--email <address>', 'of the customer')
    .option('--store <name>', 'needed when there are several stores')
    .addHelpText(
      'after',
      '\nExample:\n  onecode redeem WELCOME20-7K2MPQR4ABC --order 1001 --subtotal 80.00 --currency EUR',
    )
    .action((code: string, options: RedeemOptions) => redeem(cli, code, options))
  program
    .command('rollback')
    .argument('<code>')
    .description('Undo the use of a code by an order.')
    .requiredOption('--order <id>')
    .option('--store <name>', 'needed when there are several stores')
    .addHelpText('after', '\nExample:\n  onecode rollback WELCOME20-7K2MPQR4ABC --order 1001')
    .action((code: string, options: { order: string; store?: string }) => rollback(cli, code, options))
}

async function redeem(cli: Cli, code: string, options: RedeemOptions): Promise<void> {
  const { order: orderId, currency, email } = options
  const subtotalMinor = parseAmountMinor(options.subtotal, currency)
  const body = { code, orderId, subtotalMinor, currency, ...(email === undefined ? {} : { email }) }
  const reply = await cli
    .client()
    .post<CheckoutReply>('/v1/checkout/redeem', { ...body, ...(await storeOf(cli, options)) })
  if (reply.status === 'refused') cli.setExitCode(1)
  cli.show(reply, describeRedeem(reply, orderId))
}

function describeRedeem(reply: CheckoutReply, orderId: string): string {
  if (reply.status === 'refused') return `Refused: ${reply.reason}`
  const { discountMinor, currency } = reply
  const discount = discountMinor !== null && currency !== null ? formatAmount(discountMinor, currency) : 'nothing'
  const gift = reply.freeShipping ? 'free shipping' : `${discount} off`
  return `Redeemed ${reply.code} (${reply.coupon}) for order ${orderId}: ${gift}.`
}

async function rollback(cli: Cli, code: string, options: { order: string; store?: string }): Promise<void> {
  const store = await storeOf(cli, options)
  const body = { code, orderId: options.order, ...store }
  const reply = await cli.client().post<z.infer<typeof rollbackReply>>('/v1/checkout/rollback', body)
  const texts = {
    rolled_back: 'The redemption is undone.',
    released: 'The reservation is given up.',
    nothing_to_undo: 'Nothing to undo: this order holds no redemption and no reservation of this code.',
  }
  cli.show(reply, texts[reply.status])
}

async function storeOf(cli: Cli, { store }: { store?: string }): Promise<{ storeId?: string }> {
  return store === undefined ? {} : { storeId: (await requireStore(cli.client(), store)).id }
}
