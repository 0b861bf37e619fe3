// Made by scripts/shopify-types.ts from operations/drift.graphql: do not edit.
import type { Operation } from '../client/operation.ts'

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type CountPrecision =
  | 'AT_LEAST'
  | 'EXACT';

export type CountryCode =
  | 'AC'
  | 'AD'
  | 'AE'
  | 'AF'
  | 'AG'
  | 'AI'
  | 'AL'
  | 'AM'
  | 'AN'
  | 'AO'
  | 'AR'
  | 'AT'
  | 'AU'
  | 'AW'
  | 'AX'
  | 'AZ'
  | 'BA'
  | 'BB'
  | 'BD'
  | 'BE'
  | 'BF'
  | 'BG'
  | 'BH'
  | 'BI'
  | 'BJ'
  | 'BL'
  | 'BM'
  | 'BN'
  | 'BO'
  | 'BQ'
  | 'BR'
  | 'BS'
  | 'BT'
  | 'BV'
  | 'BW'
  | 'BY'
  | 'BZ'
  | 'CA'
  | 'CC'
  | 'CD'
  | 'CF'
  | 'CG'
  | 'CH'
  | 'CI'
  | 'CK'
  | 'CL'
  | 'CM'
  | 'CN'
  | 'CO'
  | 'CR'
  | 'CU'
  | 'CV'
  | 'CW'
  | 'CX'
  | 'CY'
  | 'CZ'
  | 'DE'
  | 'DJ'
  | 'DK'
  | 'DM'
  | 'DO'
  | 'DZ'
  | 'EC'
  | 'EE'
  | 'EG'
  | 'EH'
  | 'ER'
  | 'ES'
  | 'ET'
  | 'FI'
  | 'FJ'
  | 'FK'
  | 'FO'
  | 'FR'
  | 'GA'
  | 'GB'
  | 'GD'
  | 'GE'
  | 'GF'
  | 'GG'
  | 'GH'
  | 'GI'
  | 'GL'
  | 'GM'
  | 'GN'
  | 'GP'
  | 'GQ'
  | 'GR'
  | 'GS'
  | 'GT'
  | 'GW'
  | 'GY'
  | 'HK'
  | 'HM'
  | 'HN'
  | 'HR'
  | 'HT'
  | 'HU'
  | 'ID'
  | 'IE'
  | 'IL'
  | 'IM'
  | 'IN'
  | 'IO'
  | 'IQ'
  | 'IR'
  | 'IS'
  | 'IT'
  | 'JE'
  | 'JM'
  | 'JO'
  | 'JP'
  | 'KE'
  | 'KG'
  | 'KH'
  | 'KI'
  | 'KM'
  | 'KN'
  | 'KP'
  | 'KR'
  | 'KW'
  | 'KY'
  | 'KZ'
  | 'LA'
  | 'LB'
  | 'LC'
  | 'LI'
  | 'LK'
  | 'LR'
  | 'LS'
  | 'LT'
  | 'LU'
  | 'LV'
  | 'LY'
  | 'MA'
  | 'MC'
  | 'MD'
  | 'ME'
  | 'MF'
  | 'MG'
  | 'MK'
  | 'ML'
  | 'MM'
  | 'MN'
  | 'MO'
  | 'MQ'
  | 'MR'
  | 'MS'
  | 'MT'
  | 'MU'
  | 'MV'
  | 'MW'
  | 'MX'
  | 'MY'
  | 'MZ'
  | 'NA'
  | 'NC'
  | 'NE'
  | 'NF'
  | 'NG'
  | 'NI'
  | 'NL'
  | 'NO'
  | 'NP'
  | 'NR'
  | 'NU'
  | 'NZ'
  | 'OM'
  | 'PA'
  | 'PE'
  | 'PF'
  | 'PG'
  | 'PH'
  | 'PK'
  | 'PL'
  | 'PM'
  | 'PN'
  | 'PS'
  | 'PT'
  | 'PY'
  | 'QA'
  | 'RE'
  | 'RO'
  | 'RS'
  | 'RU'
  | 'RW'
  | 'SA'
  | 'SB'
  | 'SC'
  | 'SD'
  | 'SE'
  | 'SG'
  | 'SH'
  | 'SI'
  | 'SJ'
  | 'SK'
  | 'SL'
  | 'SM'
  | 'SN'
  | 'SO'
  | 'SR'
  | 'SS'
  | 'ST'
  | 'SV'
  | 'SX'
  | 'SY'
  | 'SZ'
  | 'TA'
  | 'TC'
  | 'TD'
  | 'TF'
  | 'TG'
  | 'TH'
  | 'TJ'
  | 'TK'
  | 'TL'
  | 'TM'
  | 'TN'
  | 'TO'
  | 'TR'
  | 'TT'
  | 'TV'
  | 'TW'
  | 'TZ'
  | 'UA'
  | 'UG'
  | 'UM'
  | 'US'
  | 'UY'
  | 'UZ'
  | 'VA'
  | 'VC'
  | 'VE'
  | 'VG'
  | 'VN'
  | 'VU'
  | 'WF'
  | 'WS'
  | 'XK'
  | 'YE'
  | 'YT'
  | 'ZA'
  | 'ZM'
  | 'ZW'
  | 'ZZ';

export type DiscountAmountInput = {
  amount?: string | null | undefined;
  appliesOnEachItem?: boolean | null | undefined;
};

export type DiscountBuyerSelection =
  | 'ALL';

export type DiscountCodeBasicInput = {
  appliesOncePerCustomer?: boolean | null | undefined;
  code?: string | null | undefined;
  combinesWith?: DiscountCombinesWithInput | null | undefined;
  context?: DiscountContextInput | null | undefined;
  customerGets?: DiscountCustomerGetsInput | null | undefined;
  /** @deprecated Field no longer supported */
  customerSelection?: DiscountCustomerSelectionInput | null | undefined;
  endsAt?: string | null | undefined;
  minimumRequirement?: DiscountMinimumRequirementInput | null | undefined;
  recurringCycleLimit?: number | null | undefined;
  startsAt?: string | null | undefined;
  tags?: Array<string> | null | undefined;
  title?: string | null | undefined;
  usageLimit?: number | null | undefined;
};

export type DiscountCodeBxgyInput = {
  appliesOncePerCustomer?: boolean | null | undefined;
  code?: string | null | undefined;
  combinesWith?: DiscountCombinesWithInput | null | undefined;
  context?: DiscountContextInput | null | undefined;
  customerBuys?: DiscountCustomerBuysInput | null | undefined;
  customerGets?: DiscountCustomerGetsInput | null | undefined;
  /** @deprecated Field no longer supported */
  customerSelection?: DiscountCustomerSelectionInput | null | undefined;
  endsAt?: string | null | undefined;
  startsAt?: string | null | undefined;
  tags?: Array<string> | null | undefined;
  title?: string | null | undefined;
  usageLimit?: number | null | undefined;
  usesPerOrderLimit?: number | null | undefined;
};

export type DiscountCodeFreeShippingInput = {
  appliesOnOneTimePurchase?: boolean | null | undefined;
  appliesOnSubscription?: boolean | null | undefined;
  appliesOncePerCustomer?: boolean | null | undefined;
  code?: string | null | undefined;
  combinesWith?: DiscountCombinesWithInput | null | undefined;
  context?: DiscountContextInput | null | undefined;
  /** @deprecated Field no longer supported */
  customerSelection?: DiscountCustomerSelectionInput | null | undefined;
  destination?: DiscountShippingDestinationSelectionInput | null | undefined;
  endsAt?: string | null | undefined;
  maximumShippingPrice?: string | null | undefined;
  minimumRequirement?: DiscountMinimumRequirementInput | null | undefined;
  recurringCycleLimit?: number | null | undefined;
  startsAt?: string | null | undefined;
  tags?: Array<string> | null | undefined;
  title?: string | null | undefined;
  usageLimit?: number | null | undefined;
};

export type DiscountCollectionsInput = {
  add?: Array<string> | null | undefined;
  remove?: Array<string> | null | undefined;
};

export type DiscountCombinesWithInput = {
  orderDiscounts?: boolean | null | undefined;
  productDiscounts?: boolean | null | undefined;
  productDiscountsWithTagsOnSameCartLine?: ProductDiscountsWithTagsOnSameCartLineInput | null | undefined;
  shippingDiscounts?: boolean | null | undefined;
};

export type DiscountContextInput =
  {   all: DiscountBuyerSelection; customerSegments?: never; customers?: never; markets?: never; }
  |  { all?: never;   customerSegments: DiscountCustomerSegmentsInput; customers?: never; markets?: never; }
  |  { all?: never; customerSegments?: never;   customers: DiscountCustomersInput; markets?: never; }
  |  { all?: never; customerSegments?: never; customers?: never;   markets: DiscountMarketsInput; };

export type DiscountCountriesInput = {
  add?: Array<CountryCode> | null | undefined;
  includeRestOfWorld?: boolean | null | undefined;
  remove?: Array<CountryCode> | null | undefined;
};

export type DiscountCustomerBuysInput = {
  isOneTimePurchase?: boolean | null | undefined;
  isSubscription?: boolean | null | undefined;
  items?: DiscountItemsInput | null | undefined;
  value?: DiscountCustomerBuysValueInput | null | undefined;
};

export type DiscountCustomerBuysValueInput = {
  amount?: string | null | undefined;
  quantity?: string | null | undefined;
};

export type DiscountCustomerGetsInput = {
  appliesOnOneTimePurchase?: boolean | null | undefined;
  appliesOnSubscription?: boolean | null | undefined;
  items?: DiscountItemsInput | null | undefined;
  value?: DiscountCustomerGetsValueInput | null | undefined;
};

export type DiscountCustomerGetsValueInput = {
  discountAmount?: DiscountAmountInput | null | undefined;
  discountOnQuantity?: DiscountOnQuantityInput | null | undefined;
  percentage?: number | null | undefined;
};

export type DiscountCustomerSegmentsInput = {
  add?: Array<string> | null | undefined;
  remove?: Array<string> | null | undefined;
};

export type DiscountCustomerSelectionInput = {
  all?: boolean | null | undefined;
  customerSegments?: DiscountCustomerSegmentsInput | null | undefined;
  customers?: DiscountCustomersInput | null | undefined;
};

export type DiscountCustomersInput = {
  add?: Array<string> | null | undefined;
  remove?: Array<string> | null | undefined;
};

export type DiscountEffectInput = {
  amount?: string | null | undefined;
  percentage?: number | null | undefined;
};

export type DiscountItemsInput = {
  all?: boolean | null | undefined;
  collections?: DiscountCollectionsInput | null | undefined;
  products?: DiscountProductsInput | null | undefined;
};

export type DiscountMarketsInput = {
  add?: Array<string> | null | undefined;
  remove?: Array<string> | null | undefined;
};

export type DiscountMinimumQuantityInput = {
  greaterThanOrEqualToQuantity?: string | null | undefined;
};

export type DiscountMinimumRequirementInput = {
  quantity?: DiscountMinimumQuantityInput | null | undefined;
  subtotal?: DiscountMinimumSubtotalInput | null | undefined;
};

export type DiscountMinimumSubtotalInput = {
  greaterThanOrEqualToSubtotal?: string | null | undefined;
};

export type DiscountOnQuantityInput = {
  effect?: DiscountEffectInput | null | undefined;
  quantity?: string | null | undefined;
};

export type DiscountProductsInput = {
  productVariantsToAdd?: Array<string> | null | undefined;
  productVariantsToRemove?: Array<string> | null | undefined;
  productsToAdd?: Array<string> | null | undefined;
  productsToRemove?: Array<string> | null | undefined;
};

export type DiscountShippingDestinationSelectionInput = {
  all?: boolean | null | undefined;
  countries?: DiscountCountriesInput | null | undefined;
};

export type ProductDiscountsWithTagsOnSameCartLineInput = {
  add?: Array<string> | null | undefined;
  remove?: Array<string> | null | undefined;
};

export type ReadDiscountFiguresQueryVariables = Exact<{
  ids: Array<string> | string;
}>;


export type ReadDiscountFiguresQuery = { nodes: Array<
    | { id: string, codeDiscount:
        | { updatedAt: string, asyncUsageCount: number, codesCount: { count: number, precision: CountPrecision } | null }
        | { updatedAt: string, asyncUsageCount: number, codesCount: { count: number, precision: CountPrecision } | null }
        | { updatedAt: string, asyncUsageCount: number, codesCount: { count: number, precision: CountPrecision } | null }
        | Record<PropertyKey, never>
       }
    | Record<PropertyKey, never>
   | null> };

export type ReadUsedCodesQueryVariables = Exact<{
  id: string;
  after?: string | null | undefined;
}>;


export type ReadUsedCodesQuery = { codeDiscountNode: { codeDiscount:
      | { codes: { nodes: Array<{ code: string, asyncUsageCount: number }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } }
      | { codes: { nodes: Array<{ code: string, asyncUsageCount: number }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } }
      | { codes: { nodes: Array<{ code: string, asyncUsageCount: number }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } }
      | Record<PropertyKey, never>
     } | null };

export type UsedCodesFragment = { nodes: Array<{ code: string, asyncUsageCount: number }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } };

export type UpdateBasicDiscountMutationVariables = Exact<{
  id: string;
  input: DiscountCodeBasicInput;
}>;


export type UpdateBasicDiscountMutation = { discountCodeBasicUpdate: { userErrors: Array<{ message: string }> } | null };

export type UpdateFreeShippingDiscountMutationVariables = Exact<{
  id: string;
  input: DiscountCodeFreeShippingInput;
}>;


export type UpdateFreeShippingDiscountMutation = { discountCodeFreeShippingUpdate: { userErrors: Array<{ message: string }> } | null };

export type UpdateBuyXGetYDiscountMutationVariables = Exact<{
  id: string;
  input: DiscountCodeBxgyInput;
}>;


export type UpdateBuyXGetYDiscountMutation = { discountCodeBxgyUpdate: { userErrors: Array<{ message: string }> } | null };

export const ReadDiscountFigures: Operation<ReadDiscountFiguresQuery, ReadDiscountFiguresQueryVariables> = {
  name: 'ReadDiscountFigures',
  kind: 'query',
  cost: 3,
  text: "query ReadDiscountFigures($ids: [ID!]!) {\n  nodes(ids: $ids) {\n    ... on DiscountCodeNode {\n      id\n      codeDiscount {\n        ... on DiscountCodeBasic {\n          updatedAt\n          asyncUsageCount\n          codesCount {\n            count\n            precision\n          }\n        }\n        ... on DiscountCodeFreeShipping {\n          updatedAt\n          asyncUsageCount\n          codesCount {\n            count\n            precision\n          }\n        }\n        ... on DiscountCodeBxgy {\n          updatedAt\n          asyncUsageCount\n          codesCount {\n            count\n            precision\n          }\n        }\n      }\n    }\n  }\n}",
}

export const ReadUsedCodes: Operation<ReadUsedCodesQuery, ReadUsedCodesQueryVariables> = {
  name: 'ReadUsedCodes',
  kind: 'query',
  cost: 15,
  text: "query ReadUsedCodes($id: ID!, $after: String) {\n  codeDiscountNode(id: $id) {\n    codeDiscount {\n      ... on DiscountCodeBasic {\n        codes(first: 250, after: $after, sortKey: ID, query: \"times_used:>0\") {\n          ...UsedCodes\n        }\n      }\n      ... on DiscountCodeFreeShipping {\n        codes(first: 250, after: $after, sortKey: ID, query: \"times_used:>0\") {\n          ...UsedCodes\n        }\n      }\n      ... on DiscountCodeBxgy {\n        codes(first: 250, after: $after, sortKey: ID, query: \"times_used:>0\") {\n          ...UsedCodes\n        }\n      }\n    }\n  }\n}\nfragment UsedCodes on DiscountRedeemCodeConnection {\n  nodes {\n    code\n    asyncUsageCount\n  }\n  pageInfo {\n    hasNextPage\n    endCursor\n  }\n}",
}

export const UpdateBasicDiscount: Operation<UpdateBasicDiscountMutation, UpdateBasicDiscountMutationVariables> = {
  name: 'UpdateBasicDiscount',
  kind: 'mutation',
  cost: 10,
  text: "mutation UpdateBasicDiscount($id: ID!, $input: DiscountCodeBasicInput!) {\n  discountCodeBasicUpdate(id: $id, basicCodeDiscount: $input) {\n    userErrors {\n      message\n    }\n  }\n}",
}

export const UpdateFreeShippingDiscount: Operation<UpdateFreeShippingDiscountMutation, UpdateFreeShippingDiscountMutationVariables> = {
  name: 'UpdateFreeShippingDiscount',
  kind: 'mutation',
  cost: 10,
  text: "mutation UpdateFreeShippingDiscount($id: ID!, $input: DiscountCodeFreeShippingInput!) {\n  discountCodeFreeShippingUpdate(id: $id, freeShippingCodeDiscount: $input) {\n    userErrors {\n      message\n    }\n  }\n}",
}

export const UpdateBuyXGetYDiscount: Operation<UpdateBuyXGetYDiscountMutation, UpdateBuyXGetYDiscountMutationVariables> = {
  name: 'UpdateBuyXGetYDiscount',
  kind: 'mutation',
  cost: 10,
  text: "mutation UpdateBuyXGetYDiscount($id: ID!, $input: DiscountCodeBxgyInput!) {\n  discountCodeBxgyUpdate(id: $id, bxgyCodeDiscount: $input) {\n    userErrors {\n      message\n    }\n  }\n}",
}
