import { toGid } from '../gid.ts'
import { toFixed } from '../money.ts'
import type { Cart } from '../shop/cart.ts'
import type { Customer } from '../shop/customer.ts'
import type { Discount } from '../shop/discount.ts'
import { discountClass, discountStatus, nodeKind } from '../shop/discount.ts'
import { type Application, discountCodesOf, type Order, type OrderLine, refundedMinor } from '../shop/order.ts'
import { hidesPersonalData, SHOP_ID } from '../shop/settings.ts'
import { type Shop, toIso, type WebhookSubject } from '../shop/shop.ts'

type Payload = Record<string, unknown>

/** The body of a webhook before it is cut to the subscription's fields. Shapes follow the REST resources. */
export function createPayload(shop: Shop, subject: WebhookSubject): Payload {
  switch (subject.kind) {
    case 'order':
      return orderPayload(shop, subject.order)
    case 'refund':
      return refundPayload(shop, subject.order, subject.refundId)
    case 'checkout':
      return checkoutPayload(shop, subject.cart)
    case 'customer':
      return customerPayload(shop, subject.customer)
    case 'email_consent':
      return {
        customer_id: subject.customer.id,
        email_address: hidesPersonalData(shop.settings) ? null : subject.customer.email,
        email_marketing_consent: consentPayload(subject.customer),
      }
    case 'discount':
      return discountPayload(shop, subject.discount, subject.deleted)
    case 'redeem_code':
      return {
        admin_graphql_api_id: toGid(nodeKind(subject.discount), subject.discount.id),
        redeem_code: { id: toGid('DiscountRedeemCode', subject.id), code: subject.code },
        updated_at: toIso(subject.discount.updatedAt),
      }
    case 'app':
    case 'shop':
      return {
        id: SHOP_ID,
        name: shop.name,
        domain: shop.domain,
        myshopify_domain: shop.domain,
        currency: shop.settings.currency,
      }
    case 'compliance':
      return subject.payload
  }
}

function moneySet(shop: Shop, minor: number): Payload {
  const money = { amount: toFixed(minor), currency_code: shop.settings.currency }
  return { shop_money: money, presentment_money: money }
}

/** Values of `discount_codes[].type`: shipping, percentage, fixed_amount. */
function codeType(application: Application): string {
  if (application.target === 'shipping_line') return 'shipping'
  return application.value.kind === 'percentage' ? 'percentage' : 'fixed_amount'
}

function codesPayload(order: Order): Payload[] {
  return discountCodesOf(order).map((code) => {
    const own = order.applications.filter((application) => application.code === code)
    const amount = own.reduce((sum, application) => sum + application.amountMinor, 0)
    return { code, amount: toFixed(amount), type: own[0] ? codeType(own[0]) : 'fixed_amount' }
  })
}

function applicationPayload(application: Application): Payload {
  const { value } = application
  return {
    type: application.kind === 'code' ? 'discount_code' : application.kind,
    ...(application.code === null ? { title: application.title } : { code: application.code }),
    value:
      value.kind === 'percentage' ? String(Number((value.percentage * 100).toFixed(4))) : toFixed(value.amountMinor),
    value_type: value.kind === 'percentage' ? 'percentage' : 'fixed_amount',
    allocation_method: application.method,
    target_selection: application.selection,
    target_type: application.target,
  }
}

function linePayload(shop: Shop, line: OrderLine): Payload {
  const discount = line.allocations.reduce((sum, allocation) => sum + allocation.amountMinor, 0)
  return {
    id: line.id,
    admin_graphql_api_id: toGid('LineItem', line.id),
    product_id: line.productId,
    variant_id: line.variantId,
    title: line.title,
    variant_title: line.variantTitle,
    name: line.variantTitle ? `${line.title} - ${line.variantTitle}` : line.title,
    sku: line.sku,
    quantity: line.quantity,
    current_quantity: line.quantity,
    price: toFixed(line.priceMinor),
    price_set: moneySet(shop, line.priceMinor),
    total_discount: toFixed(discount),
    requires_shipping: line.requiresShipping,
    properties: [],
    discount_allocations: line.allocations.map((allocation) => ({
      amount: toFixed(allocation.amountMinor),
      amount_set: moneySet(shop, allocation.amountMinor),
      discount_application_index: allocation.index,
    })),
    ...(line.sellingPlan ? { selling_plan_allocation: { selling_plan: line.sellingPlan } } : {}),
  }
}

/** An order as orders/* webhooks carry it. */
export function orderPayload(shop: Shop, order: Order): Payload {
  const customer = order.customerId === null ? undefined : shop.customers.get(order.customerId)
  const hidden = hidesPersonalData(shop.settings)
  const left = order.totalMinor - refundedMinor(order)
  const subtotal =
    order.subtotalMinor -
    order.applications.reduce((sum, one) => sum + (one.target === 'line_item' ? one.amountMinor : 0), 0)
  return {
    id: order.id,
    admin_graphql_api_id: toGid('Order', order.id),
    name: order.name,
    number: order.number - 1000,
    order_number: order.number,
    email: hidden ? null : order.email,
    contact_email: hidden ? null : order.email,
    phone: hidden ? null : order.phone,
    created_at: toIso(order.createdAt),
    updated_at: toIso(order.updatedAt),
    processed_at: toIso(order.processedAt),
    closed_at: order.closedAt === null ? null : toIso(order.closedAt),
    cancelled_at: order.cancelledAt === null ? null : toIso(order.cancelledAt),
    cancel_reason: order.cancelReason?.toLowerCase() ?? null,
    currency: shop.settings.currency,
    presentment_currency: shop.settings.currency,
    financial_status: order.financialStatus.toLowerCase(),
    fulfillment_status: order.fulfillmentStatus === 'FULFILLED' ? 'fulfilled' : null,
    test: order.test,
    tags: order.tags.join(', '),
    note: order.note,
    note_attributes: order.attributes.map(({ key, value }) => ({ name: key, value })),
    source_name: order.sourceName,
    cart_token: order.cartToken,
    checkout_token: order.checkoutToken,
    token: order.statusToken,
    order_status_url: `${shop.url}/orders/${order.statusToken}`,
    discount_codes: codesPayload(order),
    discount_applications: order.applications.map(applicationPayload),
    line_items: order.lines.map((line) => linePayload(shop, line)),
    shipping_lines: [
      { title: 'Standard', price: toFixed(order.shippingMinor), price_set: moneySet(shop, order.shippingMinor) },
    ],
    subtotal_price: toFixed(subtotal),
    subtotal_price_set: moneySet(shop, subtotal),
    current_subtotal_price: toFixed(order.cancelledAt === null ? subtotal : 0),
    total_line_items_price: toFixed(order.subtotalMinor),
    total_discounts: toFixed(order.discountsMinor),
    total_discounts_set: moneySet(shop, order.discountsMinor),
    current_total_discounts: toFixed(order.cancelledAt === null ? order.discountsMinor : 0),
    total_price: toFixed(order.totalMinor),
    total_price_set: moneySet(shop, order.totalMinor),
    current_total_price: toFixed(order.cancelledAt === null ? left : 0),
    total_tax: '0.00',
    taxes_included: false,
    customer: customer ? customerPayload(shop, customer) : null,
    refunds: order.refunds.map((refund) => refundPayload(shop, order, refund.id)),
  }
}

/** A refund names its order by id only. */
function refundPayload(shop: Shop, order: Order, refundId: number): Payload {
  const refund = order.refunds.find((one) => one.id === refundId)
  return {
    id: refundId,
    admin_graphql_api_id: toGid('Refund', refundId),
    order_id: order.id,
    created_at: toIso(refund?.createdAt ?? order.updatedAt),
    processed_at: toIso(refund?.createdAt ?? order.updatedAt),
    note: refund?.note ?? null,
    refund_line_items: [],
    transactions: [
      {
        kind: 'refund',
        status: 'success',
        amount: toFixed(refund?.amountMinor ?? 0),
        currency: shop.settings.currency,
      },
    ],
  }
}

/** A checkout has codes but no applications. Source: shopify.md, section 6. */
function checkoutPayload(shop: Shop, cart: Cart): Payload {
  const lines = cart.lines.flatMap((line) => {
    const variant = shop.variants.get(line.variantId)
    const product = variant && shop.products.get(variant.productId)
    if (!variant || !product) return []
    return [
      {
        variant_id: variant.id,
        product_id: product.id,
        title: product.title,
        quantity: line.quantity,
        price: toFixed(variant.priceMinor),
      },
    ]
  })
  const total = cart.lines.reduce(
    (sum, line) => sum + (shop.variants.get(line.variantId)?.priceMinor ?? 0) * line.quantity,
    0,
  )
  return {
    token: cart.checkoutToken,
    cart_token: cart.token,
    email: hidesPersonalData(shop.settings) ? null : cart.email,
    created_at: toIso(cart.createdAt),
    updated_at: toIso(cart.updatedAt),
    completed_at: cart.completedAt === null ? null : toIso(cart.completedAt),
    currency: shop.settings.currency,
    line_items: lines,
    discount_codes: cart.codes.map((code) => ({ code, amount: '0.00', type: 'fixed_amount' })),
    subtotal_price: toFixed(total),
    total_price: toFixed(total),
    abandoned_checkout_url: `${shop.url}/checkout?token=${cart.checkoutToken ?? ''}`,
  }
}

function customerPayload(shop: Shop, customer: Customer): Payload {
  const hidden = hidesPersonalData(shop.settings)
  return {
    id: customer.id,
    admin_graphql_api_id: toGid('Customer', customer.id),
    email: hidden ? null : customer.email,
    phone: hidden ? null : customer.phone,
    first_name: hidden ? null : customer.firstName,
    last_name: hidden ? null : customer.lastName,
    created_at: toIso(customer.createdAt),
    updated_at: toIso(customer.updatedAt),
    state: 'disabled',
    note: customer.note,
    verified_email: true,
    currency: shop.settings.currency,
    tags: customer.tags.join(', '),
    email_marketing_consent: consentPayload(customer),
  }
}

function consentPayload(customer: Customer): Payload {
  return {
    state: customer.acceptsMarketing ? 'subscribed' : 'not_subscribed',
    opt_in_level: 'single_opt_in',
    consent_updated_at: toIso(customer.updatedAt),
  }
}

function discountPayload(shop: Shop, discount: Discount, deleted: boolean): Payload {
  const id = toGid(nodeKind(discount), discount.id)
  if (deleted) return { admin_graphql_api_id: id, deleted_at: toIso(shop.clock.now()) }
  return {
    admin_graphql_api_id: id,
    title: discount.title,
    status: discountStatus(discount, shop.clock.now()),
    discount_classes: [discountClass(discount).toLowerCase()],
    created_at: toIso(discount.createdAt),
    updated_at: toIso(discount.updatedAt),
  }
}
