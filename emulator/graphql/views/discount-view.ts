import { settleUses } from '../../discounts/redeem-codes.ts'
import { shortSummary, summarize } from '../../discounts/summary.ts'
import { toGid } from '../../gid.ts'
import { toDecimal } from '../../money.ts'
import { type Discount, discountClass, discountStatus, nodeKind } from '../../shop/discount.ts'
import { type Shop, toIso } from '../../shop/shop.ts'
import { emptyPage, toCount } from '../connection.ts'
import { type CodesArgs, viewCodes } from './code-view.ts'
import { viewContext, viewItems, viewSelection, viewValue } from './discount-part-view.ts'
import { viewMoney } from './money-view.ts'

type View = Record<string, unknown>

const NAMES = { basic: 'Basic', free_shipping: 'FreeShipping', bxgy: 'Bxgy' } as const

function viewNodeParts(): View {
  return {
    events: emptyPage,
    metafield: null,
    metafields: emptyPage,
    metafieldDefinitions: emptyPage,
  }
}

export function viewCodeNode(shop: Shop, discount: Discount): View {
  return {
    __typename: 'DiscountCodeNode',
    id: toGid('DiscountCodeNode', discount.id),
    codeDiscount: () => viewDiscount(shop, discount),
    ...viewNodeParts(),
  }
}

export function viewAutomaticNode(shop: Shop, discount: Discount): View {
  return {
    __typename: 'DiscountAutomaticNode',
    id: toGid('DiscountAutomaticNode', discount.id),
    automaticDiscount: () => viewDiscount(shop, discount),
    ...viewNodeParts(),
  }
}

/** `DiscountNode` keeps the id of the kind that it stands for. Source: recording discount-code-basic-lifecycle. */
export function viewAnyNode(shop: Shop, discount: Discount): View {
  return {
    __typename: 'DiscountNode',
    id: toGid(nodeKind(discount), discount.id),
    discount: () => viewDiscount(shop, discount),
    ...viewNodeParts(),
  }
}

/** A discount as its own type: the fields that all have, and those of its kind. */
function viewDiscount(shop: Shop, discount: Discount): View {
  return {
    __typename: `Discount${discount.automatic ? 'Automatic' : 'Code'}${NAMES[discount.kind]}`,
    id: toGid(nodeKind(discount), discount.id),
    title: discount.title,
    status: () => discountStatus(discount, shop.clock.now()),
    summary: () => summarize(shop, discount),
    shortSummary: () => shortSummary(shop, discount),
    startsAt: toIso(discount.startsAt),
    endsAt: discount.endsAt === null ? null : toIso(discount.endsAt),
    createdAt: toIso(discount.createdAt),
    updatedAt: toIso(discount.updatedAt),
    asyncUsageCount: () => usageCount(shop, discount),
    usageCount: () => usageCount(shop, discount),
    discountClass: () => discountClass(discount),
    discountClasses: () => [discountClass(discount)],
    combinesWith: () => viewCombines(discount),
    context: () => viewContext(shop, discount.context),
    customerSelection: () => viewSelection(shop, discount.context),
    tags: discount.tags,
    usageLimit: discount.usageLimit,
    appliesOncePerCustomer: discount.appliesOncePerCustomer,
    recurringCycleLimit: discount.recurringCycleLimit,
    hasTimelineComment: false,
    totalSales: () => viewMoney(shop, discount.totalSalesMinor),
    codes: (args: CodesArgs) => viewCodes(shop, discount, args),
    codesCount: () => toCount(discount.codes.length, null),
    shareableUrls: () => viewUrls(shop, discount),
    minimumRequirement: () => viewMinimum(shop, discount),
    ...(discount.kind === 'free_shipping' ? viewShipping(shop, discount) : viewGets(shop, discount)),
    events: emptyPage,
  }
}

function usageCount(shop: Shop, discount: Discount): number {
  settleUses(shop)
  return discount.asyncUses
}

function viewCombines(discount: Discount): View {
  const { tags, ...flags } = discount.combinesWith
  return { ...flags, productDiscountsWithTagsOnSameCartLine: tags }
}

function viewUrls(shop: Shop, discount: Discount): View[] {
  const code = discount.codes[0]?.code
  if (code === undefined) return []
  return [
    {
      targetType: 'HOME',
      title: 'Home page',
      url: `${shop.url}/discount/${encodeURIComponent(code)}`,
      targetItemImage: null,
    },
  ]
}

function viewMinimum(shop: Shop, discount: Discount): View | null {
  const { minimum } = discount
  if (!minimum) return null
  return minimum.kind === 'quantity'
    ? { __typename: 'DiscountMinimumQuantity', greaterThanOrEqualToQuantity: minimum.quantity }
    : { __typename: 'DiscountMinimumSubtotal', greaterThanOrEqualToSubtotal: viewMoney(shop, minimum.amountMinor) }
}

function viewShipping(shop: Shop, discount: Discount): View {
  const { destination, maximumShippingMinor } = discount
  return {
    appliesOnOneTimePurchase: discount.appliesOnOneTimePurchase,
    appliesOnSubscription: discount.appliesOnSubscription,
    maximumShippingPrice: maximumShippingMinor === null ? null : viewMoney(shop, maximumShippingMinor),
    destinationSelection:
      destination.kind === 'all'
        ? { __typename: 'DiscountCountryAll', allCountries: true }
        : {
            __typename: 'DiscountCountries',
            countries: destination.listed ? destination.countries : [],
            includeRestOfWorld: destination.includeRestOfWorld,
          },
  }
}

function viewGets(shop: Shop, discount: Discount): View {
  const { customerBuys } = discount
  return {
    customerGets: {
      items: () => viewItems(shop, discount.items),
      value: () => viewValue(shop, discount.value),
      appliesOnOneTimePurchase: discount.appliesOnOneTimePurchase,
      appliesOnSubscription: discount.appliesOnSubscription,
    },
    usesPerOrderLimit: discount.usesPerOrderLimit,
    customerBuys: customerBuys && {
      items: () => viewItems(shop, customerBuys.items),
      value:
        customerBuys.value.kind === 'quantity'
          ? { __typename: 'DiscountQuantity', quantity: customerBuys.value.quantity }
          : { __typename: 'DiscountPurchaseAmount', amount: toDecimal(customerBuys.value.amountMinor) },
      isOneTimePurchase: customerBuys.isOneTimePurchase,
      isSubscription: customerBuys.isSubscription,
    },
  }
}
