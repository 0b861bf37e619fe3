import { type Command, Option } from 'commander'
import { type Coupon, type CreateCoupon, type ReusePolicy, reusePolicy } from '../../contract/coupons.ts'
import { describeTerms, readTerms, type TermsOptions } from './coupon-terms.ts'
import type { Cli } from './lib/cli.ts'
import { requireCoupon, requireStore } from './lib/find.ts'
import { readCount, readCycles, readDuration, readIds, readMoment } from './lib/options.ts'
import { formatFacts, formatTable } from './lib/table.ts'

type CreateOptions = TermsOptions & {
  store?: string
  prefix?: string
  codeLength?: number
  lowStock?: number
  fallback?: string
  description?: string
  reuse?: ReusePolicy
  uploaded?: true
  reuseName?: true
}

export function addCoupons(program: Command, cli: Cli): void {
  const coupons = program.command('coupons').description('Coupons: offers that give everybody a code of their own.')
  addCreate(coupons, cli)
  coupons
    .command('list')
    .description('Show the coupons with their codes.')
    .option('--archived', 'show those that were archived instead')
    .addHelpText('after', '\nExample:\n  onecode coupons list')
    .action(async ({ archived = false }: { archived?: boolean }) => {
      const query = { archived: String(archived) }
      const all = await cli.client().listAll<Coupon>('/v1/coupons', query)
      const rows = all.map(({ name, terms, counts }) => [
        name,
        describeTerms(terms),
        counts.available,
        counts.assigned,
        counts.redeemed,
      ])
      cli.show(all, formatTable(['name', 'offer', 'available', 'assigned', 'redeemed'], rows))
    })
  coupons
    .command('show')
    .argument('<name>')
    .description('Show a coupon: offer, shape of its codes, counts.')
    .addHelpText('after', '\nExample:\n  onecode coupons show WELCOME20')
    .action(async (name: string) => {
      const coupon = await requireCoupon(cli.client(), name)
      cli.show(coupon, describeCoupon(coupon))
    })
  coupons
    .command('archive')
    .argument('<name>')
    .description('Take a coupon out of use. Codes that people hold stay valid.')
    .addHelpText('after', '\nExample:\n  onecode coupons archive WELCOME20')
    .action(async (name: string) => {
      const client = cli.client()
      const { id } = await requireCoupon(client, name)
      await client.remove(`/v1/coupons/${id}`)
      cli.show({ id, archived: true }, `The coupon ${name} is archived.`)
    })
}

function addCreate(coupons: Command, cli: Cli): void {
  coupons
    .command('create')
    .argument('<name>', "as in {% coupon_code 'NAME' %}")
    .description('Make a coupon. Amounts are in the currency of the store.')
    .option('--percent <number>', 'takes this percentage off, such as 20 or 12.5')
    .option('--amount <amount>', 'takes this amount off, such as 5.00')
    .option('--free-shipping', 'takes the shipping costs off')
    .option('--minimum <amount>', 'smallest subtotal of an order, such as 30.00')
    .option('--expires-after <duration>', 'time that each code lasts once given: 12h, 7d, 2w', readDuration)
    .option('--expires-at <moment>', 'when all codes end', readMoment)
    .option('--starts-at <moment>', 'when codes begin to count', readMoment)
    .option('--first-order', 'for first orders only; not in Shopify stores')
    .option('--customers <ids>', 'for these customers of a Shopify shop: ids with commas between', readIds)
    .option('--segments <ids>', 'for these segments of a Shopify shop: ids with commas between', readIds)
    .option('--once-per-customer', 'each customer may use one code of this coupon')
    .addOption(
      new Option('--purchase <kind>', 'what it counts for; only in stores that sell subscriptions').choices([
        'one_time',
        'subscription',
        'both',
      ]),
    )
    .option('--billing-cycles <count>', 'orders of a subscription that are reduced: a number, or all (1)', readCycles)
    .option('--store <name>', 'needed when there are several stores')
    .option('--prefix <text>', 'stands before the random part; the name of the coupon where it fits')
    .option('--code-length <symbols>', 'random symbols of a code', readCount)
    .option('--low-stock <codes>', 'warn below this many codes', readCount)
    .option('--fallback <text>', 'what mails show when no code is left')
    .option('--description <text>')
    .addOption(
      new Option('--reuse <policy>', 'when somebody who was given a code gets another').choices(reusePolicy.options),
    )
    .option('--uploaded', 'codes come from a file (onecode codes upload) and are not made here')
    .option('--reuse-name', 'allow a name that an archived coupon had')
    .addHelpText(
      'after',
      '\nExample:\n  onecode coupons create WELCOME20 --percent 20 --minimum 30.00 --expires-after 7d',
    )
    .action(async (name: string, options: CreateOptions) => {
      const client = cli.client()
      const store = await requireStore(client, options.store)
      const body: CreateCoupon = {
        name,
        storeId: store.id,
        terms: readTerms(options, store),
        ...(options.uploaded ? { type: 'uploaded' } : {}),
        ...(options.reuse === undefined ? {} : { reusePolicy: options.reuse }),
        ...(options.prefix === undefined ? {} : { prefix: options.prefix }),
        ...(options.codeLength === undefined ? {} : { codeLength: options.codeLength }),
        ...(options.lowStock === undefined ? {} : { lowStockThreshold: options.lowStock }),
        ...(options.fallback === undefined ? {} : { fallback: options.fallback }),
        ...(options.description === undefined ? {} : { description: options.description }),
        ...(options.reuseName ? { confirmReusedName: true } : {}),
      }
      const coupon = await client.post<Coupon>('/v1/coupons', body)
      cli.show(coupon, `The coupon ${coupon.name} is there: ${describeTerms(coupon.terms)}.`)
    })
}

function describeCoupon(coupon: Coupon): string {
  const { counts } = coupon
  return formatFacts({
    name: coupon.name,
    offer: describeTerms(coupon.terms),
    store: coupon.storeName,
    reuse: coupon.reusePolicy,
    codes:
      coupon.type === 'uploaded'
        ? 'uploaded'
        : `${coupon.prefix}${coupon.prefix && '-'}${'x'.repeat(coupon.codeLength)}`,
    available: counts.available,
    reserved: counts.reserved,
    assigned: counts.assigned,
    redeemed: counts.redeemed,
    expired: counts.expired,
    withdrawn: counts.withdrawn,
    archived: coupon.archivedAt,
  })
}
