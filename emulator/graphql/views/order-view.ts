import { toGid } from '../../gid.ts'
import type { Customer } from '../../shop/customer.ts'
import { type Application, discountCodesOf, type Order, type OrderLine, refundedMinor } from '../../shop/order.ts'
import { hidesPersonalData } from '../../shop/settings.ts'
import { type Shop, toIso } from '../../shop/shop.ts'
import { type PageArgs, pageOf } from '../connection.ts'
import { viewMoney, viewMoneyBag } from './money-view.ts'
import { viewProduct, viewVariant } from './product-view.ts'

type View = Record<string, unknown>

/** How a customer is shown; handed in, because customers show orders and orders show customers. */
type CustomerView = (shop: Shop, customer: Customer) => View

export function viewOrder(shop: Shop, order: Order, viewCustomer: CustomerView): View {
  const customer = order.customerId === null ? undefined : shop.customers.get(order.customerId)
  const hidden = hidesPersonalData(shop.settings)
  const codes = discountCodesOf(order)
  return {
    __typename: 'Order',
    id: toGid('Order', order.id),
    legacyResourceId: order.id,
    name: order.name,
    number: order.number,
    email: hidden ? null : order.email,
    phone: hidden ? null : order.phone,
    note: order.note,
    tags: order.tags,
    test: order.test,
    sourceName: order.sourceName,
    customer: () => (customer ? viewCustomer(shop, customer) : null),
    customerLocale: customer?.locale ?? null,
    customAttributes: order.attributes,
    cancelReason: order.cancelReason,
    closed: order.closedAt !== null,
    cartToken: order.cartToken,
    checkoutToken: order.checkoutToken,
    confirmationNumber: order.statusToken.slice(0, 9).toUpperCase(),
    discountCode: codes[0] ?? null,
    discountCodes: codes,
    displayFinancialStatus: order.financialStatus,
    displayFulfillmentStatus: order.fulfillmentStatus,
    ...viewTimes(order),
    ...viewAmounts(shop, order),
    discountApplications: (args: PageArgs) =>
      pageOf(
        order.applications.map((_, index) => index),
        args,
        (index) => ({ id: index + 1, value: index + 1 }),
        (index) => viewApplication(shop, order.applications[index] as Application, index),
      ),
    lineItems: (args: PageArgs) =>
      pageOf(
        order.lines,
        args,
        (line) => ({ id: line.id, value: line.id }),
        (line) => viewLine(shop, order, line),
      ),
  }
}

function viewTimes(order: Order): View {
  return {
    createdAt: toIso(order.createdAt),
    updatedAt: toIso(order.updatedAt),
    processedAt: toIso(order.processedAt),
    closedAt: order.closedAt === null ? null : toIso(order.closedAt),
    cancelledAt: order.cancelledAt === null ? null : toIso(order.cancelledAt),
  }
}

function viewAmounts(shop: Shop, order: Order): View {
  const gone = order.cancelledAt !== null
  const bag = (minor: number): View => ({ ...viewMoneyBag(shop, minor) })
  return {
    currencyCode: shop.settings.currency,
    presentmentCurrencyCode: shop.settings.currency,
    subtotalPriceSet: bag(order.subtotalMinor - lineDiscountsMinor(order)),
    totalDiscountsSet: bag(order.discountsMinor),
    totalPriceSet: bag(order.totalMinor),
    totalShippingPriceSet: bag(order.shippingMinor),
    totalRefundedSet: bag(refundedMinor(order)),
    currentSubtotalPriceSet: bag(gone ? 0 : order.subtotalMinor - lineDiscountsMinor(order)),
    currentTotalDiscountsSet: bag(gone ? 0 : order.discountsMinor),
    currentTotalPriceSet: bag(gone ? 0 : order.totalMinor - refundedMinor(order)),
  }
}

function lineDiscountsMinor(order: Order): number {
  return order.applications.reduce(
    (sum, application) => sum + (application.target === 'line_item' ? application.amountMinor : 0),
    0,
  )
}

const APPLICATION_TYPES = {
  code: 'DiscountCodeApplication',
  automatic: 'AutomaticDiscountApplication',
  manual: 'ManualDiscountApplication',
}

function viewApplication(shop: Shop, application: Application, index: number): View {
  return {
    __typename: APPLICATION_TYPES[application.kind],
    index,
    code: application.code,
    title: application.title,
    description: null,
    allocationMethod: application.method.toUpperCase(),
    targetSelection: application.selection.toUpperCase(),
    targetType: application.target.toUpperCase(),
    value:
      application.value.kind === 'percentage'
        ? { __typename: 'PricingPercentageValue', percentage: application.value.percentage * 100 }
        : viewMoney(shop, application.value.amountMinor),
  }
}

function viewLine(shop: Shop, order: Order, line: OrderLine): View {
  const product = line.productId === null ? undefined : shop.products.get(line.productId)
  const variant = line.variantId === null ? undefined : shop.variants.get(line.variantId)
  const discounts = line.allocations.reduce((sum, allocation) => sum + allocation.amountMinor, 0)
  const original = line.priceMinor * line.quantity
  const unit = Math.round((original - discounts) / Math.max(1, line.quantity))
  return {
    id: toGid('LineItem', line.id),
    name: line.variantTitle ? `${line.title} - ${line.variantTitle}` : line.title,
    title: line.title,
    variantTitle: line.variantTitle,
    sku: line.sku,
    quantity: line.quantity,
    currentQuantity: order.cancelledAt === null ? line.quantity : 0,
    requiresShipping: line.requiresShipping,
    isGiftCard: false,
    taxable: true,
    vendor: product?.vendor ?? null,
    customAttributes: [],
    sellingPlan: line.sellingPlan && {
      name: line.sellingPlan.name,
      sellingPlanId: toGid('SellingPlan', line.sellingPlan.id),
    },
    product: () => (product ? viewProduct(shop, product) : null),
    variant: () => (variant ? viewVariant(shop, variant) : null),
    originalUnitPriceSet: viewMoneyBag(shop, line.priceMinor),
    originalTotalSet: viewMoneyBag(shop, original),
    totalDiscountSet: viewMoneyBag(shop, discounts),
    discountedTotalSet: viewMoneyBag(shop, original - discounts),
    discountedUnitPriceSet: viewMoneyBag(shop, unit),
    discountedUnitPriceAfterAllDiscountsSet: viewMoneyBag(shop, unit),
    discountAllocations: () =>
      line.allocations.map((allocation) => ({
        allocatedAmount: viewMoney(shop, allocation.amountMinor),
        allocatedAmountSet: viewMoneyBag(shop, allocation.amountMinor),
        discountApplication: viewApplication(
          shop,
          order.applications[allocation.index] as Application,
          allocation.index,
        ),
      })),
  }
}
