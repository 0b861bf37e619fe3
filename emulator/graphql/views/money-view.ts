import { toDecimal } from '../../money.ts'
import type { Shop } from '../../shop/shop.ts'

export interface MoneyView {
  __typename: 'MoneyV2'
  amount: string
  currencyCode: string
}

export function viewMoney(shop: Shop, minor: number): MoneyView {
  return { __typename: 'MoneyV2', amount: toDecimal(minor), currencyCode: shop.settings.currency }
}

/** The shop sells in one currency, so both sides are equal. */
export function viewMoneyBag(shop: Shop, minor: number): { shopMoney: MoneyView; presentmentMoney: MoneyView } {
  return { shopMoney: viewMoney(shop, minor), presentmentMoney: viewMoney(shop, minor) }
}
