import { createReadStream, existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { AccessToken } from '../shop/app.ts'
import type { RedeemCode } from '../shop/discount.ts'
import type { Shop } from '../shop/shop.ts'
import type { SavedCode, SavedCreation, StateLine } from './save-state.ts'

/** Fills an empty shop from a state file. False when there is no file yet. */
export async function loadState(shop: Shop, file: string): Promise<boolean> {
  if (!existsSync(file)) return false
  const codesById = new Map<number, RedeemCode>()
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line) readLine(shop, JSON.parse(line) as StateLine, codesById)
  }
  for (const product of shop.products.values())
    for (const variant of product.variants) shop.variants.set(variant.id, variant)
  return true
}

function readLine(shop: Shop, line: StateLine, codesById: Map<number, RedeemCode>): void {
  switch (line.kind) {
    case 'shop':
      Object.assign(shop.settings, line.settings)
      shop.nextOrderNumber = line.nextOrderNumber
      for (const [kind, id] of line.ids) shop.ids.last.set(kind, id)
      Object.assign(shop.app, line.app, {
        tokens: new Map((line.app.tokens as AccessToken[]).map((token) => [token.token, token])),
        declaredWebhooks: new Map(line.app.declaredWebhooks),
      })
      break
    case 'map':
      for (const [key, value] of line.entries) shop[line.name].set(key, value)
      break
    case 'discount':
      shop.discounts.set(line.discount.id, { ...line.discount, codes: [] })
      break
    case 'codes':
      for (const saved of line.codes) readCode(shop, line.discountId, saved, codesById)
      break
    case 'creation':
      readCreation(shop, line.creation, codesById)
      break
  }
}

function readCode(
  shop: Shop,
  discountId: number,
  [id, code, uses]: SavedCode,
  codesById: Map<number, RedeemCode>,
): void {
  const discount = shop.discounts.get(discountId)
  if (!discount) return
  const entry: RedeemCode = { id, code, discount, uses, asyncUses: uses }
  discount.codes.push(entry)
  shop.codes.set(code.toUpperCase(), entry)
  codesById.set(id, entry)
}

/** A creation of a discount that is gone cannot be shown and is left out. */
function readCreation(shop: Shop, saved: SavedCreation, codesById: Map<number, RedeemCode>): void {
  const { discountId, outcomes, ...creation } = saved
  const discount = shop.discounts.get(discountId)
  if (!discount) return
  const read = outcomes.map((outcome) => (typeof outcome === 'number' ? (codesById.get(outcome) ?? null) : outcome))
  shop.creations.set(creation.id, { ...creation, discount, outcomes: read })
}
