// Made by scripts/shopify-types.ts from operations/codes.graphql: do not edit.
import type { Operation } from '../client/operation.ts'

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
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

export type DiscountRedeemCodeInput = {
  code: string;
};

export type AddCodesMutationVariables = Exact<{
  discountId: string;
  codes: Array<DiscountRedeemCodeInput> | DiscountRedeemCodeInput;
}>;


export type AddCodesMutation = { discountRedeemCodeBulkAdd: { bulkCreation: { id: string } | null, userErrors: Array<{ field: Array<string> | null, message: string, code: DiscountErrorCode | null }> } | null };

export type PollCreationsQueryVariables = Exact<{
  ids: Array<string> | string;
}>;


export type PollCreationsQuery = { nodes: Array<
    | { id: string, done: boolean, codesCount: number, importedCount: number, failedCount: number }
    | Record<PropertyKey, never>
   | null> };

export type ReadCreationQueryVariables = Exact<{
  id: string;
  after?: string | null | undefined;
}>;


export type ReadCreationQuery = { discountRedeemCodeBulkCreation: { done: boolean, importedCount: number, failedCount: number, codes: { nodes: Array<{ code: string, errors: Array<{ message: string }>, discountRedeemCode: { id: string } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type FindCodeQueryVariables = Exact<{
  code: string;
}>;


export type FindCodeQuery = { codeDiscountNodeByCode: { id: string } | null };

export const AddCodes: Operation<AddCodesMutation, AddCodesMutationVariables> = {
  name: 'AddCodes',
  kind: 'mutation',
  cost: 10,
  text: "mutation AddCodes($discountId: ID!, $codes: [DiscountRedeemCodeInput!]!) {\n  discountRedeemCodeBulkAdd(discountId: $discountId, codes: $codes) {\n    bulkCreation {\n      id\n    }\n    userErrors {\n      field\n      message\n      code\n    }\n  }\n}",
}

export const PollCreations: Operation<PollCreationsQuery, PollCreationsQueryVariables> = {
  name: 'PollCreations',
  kind: 'query',
  cost: 1,
  text: "query PollCreations($ids: [ID!]!) {\n  nodes(ids: $ids) {\n    ... on DiscountRedeemCodeBulkCreation {\n      id\n      done\n      codesCount\n      importedCount\n      failedCount\n    }\n  }\n}",
}

export const ReadCreation: Operation<ReadCreationQuery, ReadCreationQueryVariables> = {
  name: 'ReadCreation',
  kind: 'query',
  cost: 36,
  text: "query ReadCreation($id: ID!, $after: String) {\n  discountRedeemCodeBulkCreation(id: $id) {\n    done\n    importedCount\n    failedCount\n    codes(first: 250, after: $after) {\n      nodes {\n        code\n        errors {\n          message\n        }\n        discountRedeemCode {\n          id\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n}",
}

export const FindCode: Operation<FindCodeQuery, FindCodeQueryVariables> = {
  name: 'FindCode',
  kind: 'query',
  cost: 1,
  text: "query FindCode($code: String!) {\n  codeDiscountNodeByCode(code: $code) {\n    id\n  }\n}",
}
