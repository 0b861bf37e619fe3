import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rename } from 'node:fs/promises'
import type { BulkCreation } from '../shop/bulk-creation.ts'
import type { Discount } from '../shop/discount.ts'
import type { Shop } from '../shop/shop.ts'

/** Codes on one line of the file. */
const CODES_PER_LINE = 1000

/** Maps that are kept as they are, by the name of their field in `Shop`. */
const PLAIN_MAPS = [
  'products',
  'collections',
  'segments',
  'markets',
  'customers',
  'orders',
  'subscriptions',
  'carts',
  'usesByBuyer',
] as const

/** One code in the file: id, text, uses, shown uses. */
export type SavedCode = [number, string, number, number]

/** One line of the state file. */
export type StateLine =
  | {
      kind: 'shop'
      version: 1
      now: number
      settings: Shop['settings']
      nextOrderNumber: number
      ids: [string, number][]
      app: SavedApp
    }
  | { kind: 'map'; name: (typeof PLAIN_MAPS)[number]; entries: [never, never][] }
  | { kind: 'discount'; discount: Omit<Discount, 'codes'> }
  | { kind: 'codes'; discountId: number; codes: SavedCode[] }
  | { kind: 'creation'; creation: SavedCreation }

interface SavedApp {
  clientId: string
  clientSecret: string
  scopes: string[]
  installed: boolean
  tokens: unknown[]
  declaredWebhooks: [string, string][]
}

/** Outcomes are the redeem code's id, the text of an error, or null. */
export type SavedCreation = Omit<BulkCreation, 'discount' | 'outcomes'> & {
  discountId: number
  outcomes: (number | string | null)[]
}

function* createLines(shop: Shop): Generator<unknown> {
  const { app } = shop
  yield {
    kind: 'shop',
    version: 1,
    now: shop.clock.now(),
    settings: shop.settings,
    nextOrderNumber: shop.nextOrderNumber,
    ids: [...shop.ids.last],
    app: {
      clientId: app.clientId,
      clientSecret: app.clientSecret,
      scopes: app.scopes,
      installed: app.installed,
      tokens: [...app.tokens.values()],
      declaredWebhooks: [...app.declaredWebhooks],
    },
  }
  for (const name of PLAIN_MAPS) yield { kind: 'map', name, entries: [...shop[name]] }
  for (const { codes, ...discount } of shop.discounts.values()) {
    yield { kind: 'discount', discount }
    for (let start = 0; start < codes.length; start += CODES_PER_LINE) {
      const part = codes.slice(start, start + CODES_PER_LINE)
      yield {
        kind: 'codes',
        discountId: discount.id,
        codes: part.map((code) => [code.id, code.code, code.uses, code.asyncUses]),
      }
    }
  }
  for (const { discount, outcomes, ...creation } of shop.creations.values()) {
    const saved = outcomes.map((outcome) => (outcome !== null && typeof outcome === 'object' ? outcome.id : outcome))
    yield { kind: 'creation', creation: { ...creation, discountId: discount.id, outcomes: saved } }
  }
}

/** Writes the shop to a file, one JSON object a line, in place of an earlier file. Uses that the counts do not show yet show after a restart. */
export async function saveState(shop: Shop, file: string): Promise<void> {
  const unfinished = `${file}.part`
  const stream = createWriteStream(unfinished)
  for (const line of createLines(shop)) {
    if (!stream.write(`${JSON.stringify(line)}\n`)) await once(stream, 'drain')
  }
  stream.end()
  await once(stream, 'finish')
  await rename(unfinished, file)
}
