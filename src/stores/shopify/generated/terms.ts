// Made by scripts/shopify-types.ts from operations/terms.graphql: do not edit.
import type { Operation } from '../client/operation.ts'

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
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

export type DiscountErrorCode =
  | 'ACTIVE_PERIOD_OVERLAP'
  | 'APPLIES_ON_NOTHING'
  | 'BLANK'
  | 'CONFLICT'
  | 'DISCOUNT_NOT_COMPATIBLE_WITH_CONDITION_TYPES'
  | 'DUPLICATE'
  | 'END_DATE_BEFORE_START_DATE'
  | 'EQUAL_TO'
  | 'EXCEEDED_MAX'
  | 'GREATER_THAN'
  | 'GREATER_THAN_OR_EQUAL_TO'
  | 'IMPLICIT_DUPLICATE'
  | 'INCLUSION'
  | 'INTERNAL_ERROR'
  | 'INVALID'
  | 'INVALID_COMBINES_WITH_FOR_DISCOUNT_CLASS'
  | 'INVALID_DISCOUNT_CLASS_FOR_PRICE_RULE'
  | 'INVALID_PRODUCT_DISCOUNTS_FALSE_WITH_EXISTING_TAGS_ON_SAME_CART_LINE'
  | 'INVALID_PRODUCT_DISCOUNTS_WITH_TAGS_ON_SAME_CART_LINE_FOR_DISCOUNT_CLASS'
  | 'INVALID_PRODUCT_DISCOUNTS_WITH_TAGS_ON_SAME_CART_LINE_WITHOUT_PRODUCT_DISCOUNTS'
  | 'INVALID_TAG_LENGTH'
  | 'LESS_THAN'
  | 'LESS_THAN_OR_EQUAL_TO'
  | 'MAX_APP_DISCOUNTS'
  | 'MINIMUM_SUBTOTAL_AND_QUANTITY_RANGE_BOTH_PRESENT'
  | 'MISSING_ARGUMENT'
  | 'MISSING_FUNCTION_IDENTIFIER'
  | 'MULTIPLE_FUNCTION_IDENTIFIERS'
  | 'MULTIPLE_RECURRING_CYCLE_LIMIT_FOR_NON_SUBSCRIPTION_ITEMS'
  | 'PRESENT'
  | 'PRODUCT_DISCOUNTS_WITH_TAGS_ON_SAME_CART_LINE_NOT_ENTITLED'
  | 'RECURRING_CYCLE_LIMIT_NOT_A_VALID_INTEGER'
  | 'TAKEN'
  | 'TOO_LONG'
  | 'TOO_MANY_ARGUMENTS'
  | 'TOO_MANY_PRODUCT_DISCOUNTS_WITH_TAGS_ON_SAME_CART_LINE'
  | 'TOO_MANY_TAGS'
  | 'TOO_SHORT'
  | 'VALUE_OUTSIDE_RANGE';

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

export type CreateBasicDiscountMutationVariables = Exact<{
  input: DiscountCodeBasicInput;
}>;


export type CreateBasicDiscountMutation = { discountCodeBasicCreate: { codeDiscountNode: { id: string } | null, userErrors: Array<{ field: Array<string> | null, message: string, code: DiscountErrorCode | null }> } | null };

export type CreateFreeShippingDiscountMutationVariables = Exact<{
  input: DiscountCodeFreeShippingInput;
}>;


export type CreateFreeShippingDiscountMutation = { discountCodeFreeShippingCreate: { codeDiscountNode: { id: string } | null, userErrors: Array<{ field: Array<string> | null, message: string, code: DiscountErrorCode | null }> } | null };

export type CreateBuyXGetYDiscountMutationVariables = Exact<{
  input: DiscountCodeBxgyInput;
}>;


export type CreateBuyXGetYDiscountMutation = { discountCodeBxgyCreate: { codeDiscountNode: { id: string } | null, userErrors: Array<{ field: Array<string> | null, message: string, code: DiscountErrorCode | null }> } | null };

export type ReadDiscountTermsQueryVariables = Exact<{
  id: string;
}>;


export type ReadDiscountTermsQuery = { discountNode: { discount:
      | { __typename: 'DiscountCodeBasic', startsAt: string, endsAt: string | null, usageLimit: number | null, appliesOncePerCustomer: boolean, recurringCycleLimit: number | null, combinesWith: { orderDiscounts: boolean, productDiscounts: boolean, shippingDiscounts: boolean }, context:
          | { __typename: 'DiscountBuyerSelectionAll' }
          | { __typename: 'DiscountCustomerSegments', segments: Array<{ id: string }> }
          | { __typename: 'DiscountCustomers', customers: Array<{ id: string }> }
          | { __typename: 'DiscountMarkets' }
        , minimumRequirement:
          | { __typename: 'DiscountMinimumQuantity', greaterThanOrEqualToQuantity: string }
          | { __typename: 'DiscountMinimumSubtotal', greaterThanOrEqualToSubtotal: { amount: string } }
         | null, customerGets: { appliesOnOneTimePurchase: boolean, appliesOnSubscription: boolean, items:
            | { __typename: 'AllDiscountItems' }
            | { __typename: 'DiscountCollections', collections: { nodes: Array<{ id: string }> } }
            | { __typename: 'DiscountProducts', products: { nodes: Array<{ id: string }> }, productVariants: { nodes: Array<{ id: string }> } }
          , value:
            | { __typename: 'DiscountAmount', appliesOnEachItem: boolean, amount: { amount: string } }
            | { __typename: 'DiscountOnQuantity', quantity: { quantity: string }, effect:
                | { __typename: 'DiscountAmount', amount: { amount: string } }
                | { __typename: 'DiscountPercentage', percentage: number }
               }
            | { __typename: 'DiscountPercentage', percentage: number }
           } }
      | { __typename: 'DiscountCodeBxgy', startsAt: string, endsAt: string | null, usageLimit: number | null, appliesOncePerCustomer: boolean, usesPerOrderLimit: number | null, combinesWith: { orderDiscounts: boolean, productDiscounts: boolean, shippingDiscounts: boolean }, context:
          | { __typename: 'DiscountBuyerSelectionAll' }
          | { __typename: 'DiscountCustomerSegments', segments: Array<{ id: string }> }
          | { __typename: 'DiscountCustomers', customers: Array<{ id: string }> }
          | { __typename: 'DiscountMarkets' }
        , customerBuys: { isOneTimePurchase: boolean, isSubscription: boolean, items:
            | { __typename: 'AllDiscountItems' }
            | { __typename: 'DiscountCollections', collections: { nodes: Array<{ id: string }> } }
            | { __typename: 'DiscountProducts', products: { nodes: Array<{ id: string }> }, productVariants: { nodes: Array<{ id: string }> } }
          , value:
            | { __typename: 'DiscountPurchaseAmount', amount: string }
            | { __typename: 'DiscountQuantity', quantity: string }
           }, customerGets: { items:
            | { __typename: 'AllDiscountItems' }
            | { __typename: 'DiscountCollections', collections: { nodes: Array<{ id: string }> } }
            | { __typename: 'DiscountProducts', products: { nodes: Array<{ id: string }> }, productVariants: { nodes: Array<{ id: string }> } }
          , value:
            | { __typename: 'DiscountAmount', appliesOnEachItem: boolean, amount: { amount: string } }
            | { __typename: 'DiscountOnQuantity', quantity: { quantity: string }, effect:
                | { __typename: 'DiscountAmount', amount: { amount: string } }
                | { __typename: 'DiscountPercentage', percentage: number }
               }
            | { __typename: 'DiscountPercentage', percentage: number }
           } }
      | { __typename: 'DiscountCodeFreeShipping', startsAt: string, endsAt: string | null, usageLimit: number | null, appliesOncePerCustomer: boolean, recurringCycleLimit: number | null, appliesOnOneTimePurchase: boolean, appliesOnSubscription: boolean, combinesWith: { orderDiscounts: boolean, productDiscounts: boolean, shippingDiscounts: boolean }, context:
          | { __typename: 'DiscountBuyerSelectionAll' }
          | { __typename: 'DiscountCustomerSegments', segments: Array<{ id: string }> }
          | { __typename: 'DiscountCustomers', customers: Array<{ id: string }> }
          | { __typename: 'DiscountMarkets' }
        , minimumRequirement:
          | { __typename: 'DiscountMinimumQuantity', greaterThanOrEqualToQuantity: string }
          | { __typename: 'DiscountMinimumSubtotal', greaterThanOrEqualToSubtotal: { amount: string } }
         | null, maximumShippingPrice: { amount: string } | null, destinationSelection:
          | { __typename: 'DiscountCountries' }
          | { __typename: 'DiscountCountryAll' }
         }
      | Record<PropertyKey, never>
     } | null };

export type CombiningFragment = { orderDiscounts: boolean, productDiscounts: boolean, shippingDiscounts: boolean };

export type Buyers_DiscountBuyerSelectionAll_Fragment = { __typename: 'DiscountBuyerSelectionAll' };

export type Buyers_DiscountCustomerSegments_Fragment = { __typename: 'DiscountCustomerSegments', segments: Array<{ id: string }> };

export type Buyers_DiscountCustomers_Fragment = { __typename: 'DiscountCustomers', customers: Array<{ id: string }> };

export type Buyers_DiscountMarkets_Fragment = { __typename: 'DiscountMarkets' };

export type BuyersFragment =
  | Buyers_DiscountBuyerSelectionAll_Fragment
  | Buyers_DiscountCustomerSegments_Fragment
  | Buyers_DiscountCustomers_Fragment
  | Buyers_DiscountMarkets_Fragment
;

export type Minimum_DiscountMinimumQuantity_Fragment = { __typename: 'DiscountMinimumQuantity', greaterThanOrEqualToQuantity: string };

export type Minimum_DiscountMinimumSubtotal_Fragment = { __typename: 'DiscountMinimumSubtotal', greaterThanOrEqualToSubtotal: { amount: string } };

export type MinimumFragment =
  | Minimum_DiscountMinimumQuantity_Fragment
  | Minimum_DiscountMinimumSubtotal_Fragment
;

export type Items_AllDiscountItems_Fragment = { __typename: 'AllDiscountItems' };

export type Items_DiscountCollections_Fragment = { __typename: 'DiscountCollections', collections: { nodes: Array<{ id: string }> } };

export type Items_DiscountProducts_Fragment = { __typename: 'DiscountProducts', products: { nodes: Array<{ id: string }> }, productVariants: { nodes: Array<{ id: string }> } };

export type ItemsFragment =
  | Items_AllDiscountItems_Fragment
  | Items_DiscountCollections_Fragment
  | Items_DiscountProducts_Fragment
;

export type Value_DiscountAmount_Fragment = { __typename: 'DiscountAmount', appliesOnEachItem: boolean, amount: { amount: string } };

export type Value_DiscountOnQuantity_Fragment = { __typename: 'DiscountOnQuantity', quantity: { quantity: string }, effect:
    | { __typename: 'DiscountAmount', amount: { amount: string } }
    | { __typename: 'DiscountPercentage', percentage: number }
   };

export type Value_DiscountPercentage_Fragment = { __typename: 'DiscountPercentage', percentage: number };

export type ValueFragment =
  | Value_DiscountAmount_Fragment
  | Value_DiscountOnQuantity_Fragment
  | Value_DiscountPercentage_Fragment
;

export const CreateBasicDiscount: Operation<CreateBasicDiscountMutation, CreateBasicDiscountMutationVariables> = {
  name: 'CreateBasicDiscount',
  kind: 'mutation',
  cost: 10,
  text: "mutation CreateBasicDiscount($input: DiscountCodeBasicInput!) {\n  discountCodeBasicCreate(basicCodeDiscount: $input) {\n    codeDiscountNode {\n      id\n    }\n    userErrors {\n      field\n      message\n      code\n    }\n  }\n}",
}

export const CreateFreeShippingDiscount: Operation<CreateFreeShippingDiscountMutation, CreateFreeShippingDiscountMutationVariables> = {
  name: 'CreateFreeShippingDiscount',
  kind: 'mutation',
  cost: 10,
  text: "mutation CreateFreeShippingDiscount($input: DiscountCodeFreeShippingInput!) {\n  discountCodeFreeShippingCreate(freeShippingCodeDiscount: $input) {\n    codeDiscountNode {\n      id\n    }\n    userErrors {\n      field\n      message\n      code\n    }\n  }\n}",
}

export const CreateBuyXGetYDiscount: Operation<CreateBuyXGetYDiscountMutation, CreateBuyXGetYDiscountMutationVariables> = {
  name: 'CreateBuyXGetYDiscount',
  kind: 'mutation',
  cost: 10,
  text: "mutation CreateBuyXGetYDiscount($input: DiscountCodeBxgyInput!) {\n  discountCodeBxgyCreate(bxgyCodeDiscount: $input) {\n    codeDiscountNode {\n      id\n    }\n    userErrors {\n      field\n      message\n      code\n    }\n  }\n}",
}

export const ReadDiscountTerms: Operation<ReadDiscountTermsQuery, ReadDiscountTermsQueryVariables> = {
  name: 'ReadDiscountTerms',
  kind: 'query',
  cost: 45,
  text: "query ReadDiscountTerms($id: ID!) {\n  discountNode(id: $id) {\n    discount {\n      ... on DiscountCodeBasic {\n        __typename\n        startsAt\n        endsAt\n        usageLimit\n        appliesOncePerCustomer\n        recurringCycleLimit\n        combinesWith {\n          ...Combining\n        }\n        context {\n          ...Buyers\n        }\n        minimumRequirement {\n          ...Minimum\n        }\n        customerGets {\n          appliesOnOneTimePurchase\n          appliesOnSubscription\n          items {\n            ...Items\n          }\n          value {\n            ...Value\n          }\n        }\n      }\n      ... on DiscountCodeFreeShipping {\n        __typename\n        startsAt\n        endsAt\n        usageLimit\n        appliesOncePerCustomer\n        recurringCycleLimit\n        appliesOnOneTimePurchase\n        appliesOnSubscription\n        combinesWith {\n          ...Combining\n        }\n        context {\n          ...Buyers\n        }\n        minimumRequirement {\n          ...Minimum\n        }\n        maximumShippingPrice {\n          amount\n        }\n        destinationSelection {\n          __typename\n        }\n      }\n      ... on DiscountCodeBxgy {\n        __typename\n        startsAt\n        endsAt\n        usageLimit\n        appliesOncePerCustomer\n        usesPerOrderLimit\n        combinesWith {\n          ...Combining\n        }\n        context {\n          ...Buyers\n        }\n        customerBuys {\n          isOneTimePurchase\n          isSubscription\n          items {\n            ...Items\n          }\n          value {\n            __typename\n            ... on DiscountQuantity {\n              quantity\n            }\n            ... on DiscountPurchaseAmount {\n              amount\n            }\n          }\n        }\n        customerGets {\n          items {\n            ...Items\n          }\n          value {\n            ...Value\n          }\n        }\n      }\n    }\n  }\n}\nfragment Combining on DiscountCombinesWith {\n  orderDiscounts\n  productDiscounts\n  shippingDiscounts\n}\nfragment Buyers on DiscountContext {\n  __typename\n  ... on DiscountCustomers {\n    customers {\n      id\n    }\n  }\n  ... on DiscountCustomerSegments {\n    segments {\n      id\n    }\n  }\n}\nfragment Minimum on DiscountMinimumRequirement {\n  __typename\n  ... on DiscountMinimumQuantity {\n    greaterThanOrEqualToQuantity\n  }\n  ... on DiscountMinimumSubtotal {\n    greaterThanOrEqualToSubtotal {\n      amount\n    }\n  }\n}\nfragment Items on DiscountItems {\n  __typename\n  ... on DiscountProducts {\n    products(first: 250) {\n      nodes {\n        id\n      }\n    }\n    productVariants(first: 1) {\n      nodes {\n        id\n      }\n    }\n  }\n  ... on DiscountCollections {\n    collections(first: 250) {\n      nodes {\n        id\n      }\n    }\n  }\n}\nfragment Value on DiscountCustomerGetsValue {\n  __typename\n  ... on DiscountPercentage {\n    percentage\n  }\n  ... on DiscountAmount {\n    amount {\n      amount\n    }\n    appliesOnEachItem\n  }\n  ... on DiscountOnQuantity {\n    quantity {\n      quantity\n    }\n    effect {\n      __typename\n      ... on DiscountPercentage {\n        percentage\n      }\n      ... on DiscountAmount {\n        amount {\n          amount\n        }\n      }\n    }\n  }\n}",
}
