// Made by scripts/shopify-types.ts from operations/orders.graphql: do not edit.
import type { Operation } from '../client/operation.ts'

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type CurrencyCode =
  | 'AED'
  | 'AFN'
  | 'ALL'
  | 'AMD'
  | 'ANG'
  | 'AOA'
  | 'ARS'
  | 'AUD'
  | 'AWG'
  | 'AZN'
  | 'BAM'
  | 'BBD'
  | 'BDT'
  | 'BGN'
  | 'BHD'
  | 'BIF'
  | 'BMD'
  | 'BND'
  | 'BOB'
  | 'BRL'
  | 'BSD'
  | 'BTN'
  | 'BWP'
  | 'BYN'
  | 'BYR'
  | 'BZD'
  | 'CAD'
  | 'CDF'
  | 'CHF'
  | 'CLP'
  | 'CNY'
  | 'COP'
  | 'CRC'
  | 'CVE'
  | 'CZK'
  | 'DJF'
  | 'DKK'
  | 'DOP'
  | 'DZD'
  | 'EGP'
  | 'ERN'
  | 'ETB'
  | 'EUR'
  | 'FJD'
  | 'FKP'
  | 'GBP'
  | 'GEL'
  | 'GHS'
  | 'GIP'
  | 'GMD'
  | 'GNF'
  | 'GTQ'
  | 'GYD'
  | 'HKD'
  | 'HNL'
  | 'HRK'
  | 'HTG'
  | 'HUF'
  | 'IDR'
  | 'ILS'
  | 'INR'
  | 'IQD'
  | 'IRR'
  | 'ISK'
  | 'JEP'
  | 'JMD'
  | 'JOD'
  | 'JPY'
  | 'KES'
  | 'KGS'
  | 'KHR'
  | 'KID'
  | 'KMF'
  | 'KRW'
  | 'KWD'
  | 'KYD'
  | 'KZT'
  | 'LAK'
  | 'LBP'
  | 'LKR'
  | 'LRD'
  | 'LSL'
  | 'LTL'
  | 'LVL'
  | 'LYD'
  | 'MAD'
  | 'MDL'
  | 'MGA'
  | 'MKD'
  | 'MMK'
  | 'MNT'
  | 'MOP'
  | 'MRU'
  | 'MUR'
  | 'MVR'
  | 'MWK'
  | 'MXN'
  | 'MYR'
  | 'MZN'
  | 'NAD'
  | 'NGN'
  | 'NIO'
  | 'NOK'
  | 'NPR'
  | 'NZD'
  | 'OMR'
  | 'PAB'
  | 'PEN'
  | 'PGK'
  | 'PHP'
  | 'PKR'
  | 'PLN'
  | 'PYG'
  | 'QAR'
  | 'RON'
  | 'RSD'
  | 'RUB'
  | 'RWF'
  | 'SAR'
  | 'SBD'
  | 'SCR'
  | 'SDG'
  | 'SEK'
  | 'SGD'
  | 'SHP'
  | 'SLL'
  | 'SOS'
  | 'SRD'
  | 'SSP'
  | 'STD'
  | 'STN'
  | 'SYP'
  | 'SZL'
  | 'THB'
  | 'TJS'
  | 'TMT'
  | 'TND'
  | 'TOP'
  | 'TRY'
  | 'TTD'
  | 'TWD'
  | 'TZS'
  | 'UAH'
  | 'UGX'
  | 'USD'
  | 'USDC'
  | 'UYU'
  | 'UZS'
  | 'VED'
  | 'VEF'
  | 'VES'
  | 'VND'
  | 'VUV'
  | 'WST'
  | 'XAF'
  | 'XCD'
  | 'XOF'
  | 'XPF'
  | 'XXX'
  | 'YER'
  | 'ZAR'
  | 'ZMW';

export type DiscountApplicationTargetType =
  | 'LINE_ITEM'
  | 'SHIPPING_LINE';

export type OrderFactsFragment = { legacyResourceId: string, name: string, email: string | null, test: boolean, sourceName: string | null, currencyCode: CurrencyCode, createdAt: string, updatedAt: string, cancelledAt: string | null, subtotalPriceSet: { shopMoney: { amount: string } } | null, totalDiscountsSet: { shopMoney: { amount: string } } | null, totalRefundedSet: { shopMoney: { amount: string } }, customer?: { legacyResourceId: string } | null, discountApplications: { nodes: Array<
      | { __typename: 'AutomaticDiscountApplication', index: number, targetType: DiscountApplicationTargetType }
      | { __typename: 'DiscountCodeApplication', code: string, index: number, targetType: DiscountApplicationTargetType }
      | { __typename: 'ManualDiscountApplication', title: string, index: number, targetType: DiscountApplicationTargetType }
      | { __typename: 'ScriptDiscountApplication', index: number, targetType: DiscountApplicationTargetType }
    > } };

export type ListOrdersQueryVariables = Exact<{
  query: string;
  first: number;
  after?: string | null | undefined;
  seesCustomers: boolean;
}>;


export type ListOrdersQuery = { orders: { nodes: Array<{ id: string, legacyResourceId: string, name: string, email: string | null, test: boolean, sourceName: string | null, currencyCode: CurrencyCode, createdAt: string, updatedAt: string, cancelledAt: string | null, subtotalPriceSet: { shopMoney: { amount: string } } | null, totalDiscountsSet: { shopMoney: { amount: string } } | null, totalRefundedSet: { shopMoney: { amount: string } }, customer?: { legacyResourceId: string } | null, discountApplications: { nodes: Array<
          | { __typename: 'AutomaticDiscountApplication', index: number, targetType: DiscountApplicationTargetType }
          | { __typename: 'DiscountCodeApplication', code: string, index: number, targetType: DiscountApplicationTargetType }
          | { __typename: 'ManualDiscountApplication', title: string, index: number, targetType: DiscountApplicationTargetType }
          | { __typename: 'ScriptDiscountApplication', index: number, targetType: DiscountApplicationTargetType }
        > } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type ReadOrderQueryVariables = Exact<{
  id: string;
  seesCustomers: boolean;
}>;


export type ReadOrderQuery = { order: { id: string, legacyResourceId: string, name: string, email: string | null, test: boolean, sourceName: string | null, currencyCode: CurrencyCode, createdAt: string, updatedAt: string, cancelledAt: string | null, subtotalPriceSet: { shopMoney: { amount: string } } | null, totalDiscountsSet: { shopMoney: { amount: string } } | null, totalRefundedSet: { shopMoney: { amount: string } }, customer?: { legacyResourceId: string } | null, discountApplications: { nodes: Array<
        | { __typename: 'AutomaticDiscountApplication', index: number, targetType: DiscountApplicationTargetType }
        | { __typename: 'DiscountCodeApplication', code: string, index: number, targetType: DiscountApplicationTargetType }
        | { __typename: 'ManualDiscountApplication', title: string, index: number, targetType: DiscountApplicationTargetType }
        | { __typename: 'ScriptDiscountApplication', index: number, targetType: DiscountApplicationTargetType }
      > } } | null };

export type ReadAllocationsQueryVariables = Exact<{
  id: string;
  after?: string | null | undefined;
}>;


export type ReadAllocationsQuery = { order: { lineItems: { nodes: Array<{ discountAllocations: Array<{ allocatedAmountSet: { shopMoney: { amount: string } }, discountApplication:
            | { index: number }
            | { index: number }
            | { index: number }
            | { index: number }
           }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export const ListOrders: Operation<ListOrdersQuery, ListOrdersQueryVariables> = {
  name: 'ListOrders',
  kind: 'query',
  cost: 10,
  text: "query ListOrders($query: String!, $first: Int!, $after: String, $seesCustomers: Boolean!) {\n  orders(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {\n    nodes {\n      id\n      ...OrderFacts\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}\nfragment OrderFacts on Order {\n  legacyResourceId\n  name\n  email\n  test\n  sourceName\n  currencyCode\n  createdAt\n  updatedAt\n  cancelledAt\n  subtotalPriceSet {\n    shopMoney {\n      amount\n    }\n  }\n  totalDiscountsSet {\n    shopMoney {\n      amount\n    }\n  }\n  totalRefundedSet {\n    shopMoney {\n      amount\n    }\n  }\n  customer @include(if: $seesCustomers) {\n    legacyResourceId\n  }\n  discountApplications(first: 10) {\n    nodes {\n      __typename\n      index\n      targetType\n      ... on DiscountCodeApplication {\n        code\n      }\n      ... on ManualDiscountApplication {\n        title\n      }\n    }\n  }\n}",
}

export const ReadOrder: Operation<ReadOrderQuery, ReadOrderQueryVariables> = {
  name: 'ReadOrder',
  kind: 'query',
  cost: 8,
  text: "query ReadOrder($id: ID!, $seesCustomers: Boolean!) {\n  order(id: $id) {\n    id\n    ...OrderFacts\n  }\n}\nfragment OrderFacts on Order {\n  legacyResourceId\n  name\n  email\n  test\n  sourceName\n  currencyCode\n  createdAt\n  updatedAt\n  cancelledAt\n  subtotalPriceSet {\n    shopMoney {\n      amount\n    }\n  }\n  totalDiscountsSet {\n    shopMoney {\n      amount\n    }\n  }\n  totalRefundedSet {\n    shopMoney {\n      amount\n    }\n  }\n  customer @include(if: $seesCustomers) {\n    legacyResourceId\n  }\n  discountApplications(first: 10) {\n    nodes {\n      __typename\n      index\n      targetType\n      ... on DiscountCodeApplication {\n        code\n      }\n      ... on ManualDiscountApplication {\n        title\n      }\n    }\n  }\n}",
}

export const ReadAllocations: Operation<ReadAllocationsQuery, ReadAllocationsQueryVariables> = {
  name: 'ReadAllocations',
  kind: 'query',
  cost: 24,
  text: "query ReadAllocations($id: ID!, $after: String) {\n  order(id: $id) {\n    lineItems(first: 50, after: $after) {\n      nodes {\n        discountAllocations {\n          allocatedAmountSet {\n            shopMoney {\n              amount\n            }\n          }\n          discountApplication {\n            index\n          }\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n}",
}
