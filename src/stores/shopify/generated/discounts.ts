// Made by scripts/shopify-types.ts from operations/discounts.graphql: do not edit.
import type { Operation } from '../client/operation.ts'

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type CountPrecision =
  | 'AT_LEAST'
  | 'EXACT';

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

export type DeleteDiscountMutationVariables = Exact<{
  id: string;
}>;


export type DeleteDiscountMutation = { discountCodeDelete: { deletedCodeDiscountId: string | null, userErrors: Array<{ field: Array<string> | null, message: string, code: DiscountErrorCode | null }> } | null };

export type ReadDiscountCodesQueryVariables = Exact<{
  id: string;
  after?: string | null | undefined;
}>;


export type ReadDiscountCodesQuery = { node:
    | { codeDiscount:
        | { codes: { nodes: Array<{ id: string, code: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } }
        | { codes: { nodes: Array<{ id: string, code: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } }
        | { codes: { nodes: Array<{ id: string, code: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } }
        | Record<PropertyKey, never>
       }
    | Record<PropertyKey, never>
   | null };

export type FindRedeemCodesQueryVariables = Exact<{
  id: string;
  query: string;
}>;


export type FindRedeemCodesQuery = { node:
    | { codeDiscount:
        | { codes: { nodes: Array<{ id: string, code: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } }
        | { codes: { nodes: Array<{ id: string, code: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } }
        | { codes: { nodes: Array<{ id: string, code: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } }
        | Record<PropertyKey, never>
       }
    | Record<PropertyKey, never>
   | null };

export type CodePageFragment = { nodes: Array<{ id: string, code: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } };

export type DeleteCodesMutationVariables = Exact<{
  discountId: string;
  ids: Array<string> | string;
}>;


export type DeleteCodesMutation = { discountCodeRedeemCodeBulkDelete: { job: { id: string, done: boolean } | null, userErrors: Array<{ field: Array<string> | null, message: string, code: DiscountErrorCode | null }> } | null };

export type ReadJobQueryVariables = Exact<{
  id: string;
}>;


export type ReadJobQuery = { job: { id: string, done: boolean } | null };

export type CountCodesQueryVariables = Exact<{ [key: string]: never; }>;


export type CountCodesQuery = { discountCodesCount: { count: number, precision: CountPrecision } | null };

export type FindDiscountQueryVariables = Exact<{
  id: string;
}>;


export type FindDiscountQuery = { node:
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
   | null };

export const DeleteDiscount: Operation<DeleteDiscountMutation, DeleteDiscountMutationVariables> = {
  name: 'DeleteDiscount',
  kind: 'mutation',
  cost: 10,
  text: "mutation DeleteDiscount($id: ID!) {\n  discountCodeDelete(id: $id) {\n    deletedCodeDiscountId\n    userErrors {\n      field\n      message\n      code\n    }\n  }\n}",
}

export const ReadDiscountCodes: Operation<ReadDiscountCodesQuery, ReadDiscountCodesQueryVariables> = {
  name: 'ReadDiscountCodes',
  kind: 'query',
  cost: 15,
  text: "query ReadDiscountCodes($id: ID!, $after: String) {\n  node(id: $id) {\n    ... on DiscountCodeNode {\n      codeDiscount {\n        ... on DiscountCodeBasic {\n          codes(first: 250, after: $after, sortKey: ID) {\n            ...CodePage\n          }\n        }\n        ... on DiscountCodeFreeShipping {\n          codes(first: 250, after: $after, sortKey: ID) {\n            ...CodePage\n          }\n        }\n        ... on DiscountCodeBxgy {\n          codes(first: 250, after: $after, sortKey: ID) {\n            ...CodePage\n          }\n        }\n      }\n    }\n  }\n}\nfragment CodePage on DiscountRedeemCodeConnection {\n  nodes {\n    id\n    code\n  }\n  pageInfo {\n    hasNextPage\n    endCursor\n  }\n}",
}

export const FindRedeemCodes: Operation<FindRedeemCodesQuery, FindRedeemCodesQueryVariables> = {
  name: 'FindRedeemCodes',
  kind: 'query',
  cost: 7,
  text: "query FindRedeemCodes($id: ID!, $query: String!) {\n  node(id: $id) {\n    ... on DiscountCodeNode {\n      codeDiscount {\n        ... on DiscountCodeBasic {\n          codes(first: 5, query: $query) {\n            ...CodePage\n          }\n        }\n        ... on DiscountCodeFreeShipping {\n          codes(first: 5, query: $query) {\n            ...CodePage\n          }\n        }\n        ... on DiscountCodeBxgy {\n          codes(first: 5, query: $query) {\n            ...CodePage\n          }\n        }\n      }\n    }\n  }\n}\nfragment CodePage on DiscountRedeemCodeConnection {\n  nodes {\n    id\n    code\n  }\n  pageInfo {\n    hasNextPage\n    endCursor\n  }\n}",
}

export const DeleteCodes: Operation<DeleteCodesMutation, DeleteCodesMutationVariables> = {
  name: 'DeleteCodes',
  kind: 'mutation',
  cost: 10,
  text: "mutation DeleteCodes($discountId: ID!, $ids: [ID!]!) {\n  discountCodeRedeemCodeBulkDelete(discountId: $discountId, ids: $ids) {\n    job {\n      id\n      done\n    }\n    userErrors {\n      field\n      message\n      code\n    }\n  }\n}",
}

export const ReadJob: Operation<ReadJobQuery, ReadJobQueryVariables> = {
  name: 'ReadJob',
  kind: 'query',
  cost: 1,
  text: "query ReadJob($id: ID!) {\n  job(id: $id) {\n    id\n    done\n  }\n}",
}

export const CountCodes: Operation<CountCodesQuery, CountCodesQueryVariables> = {
  name: 'CountCodes',
  kind: 'query',
  cost: 10,
  text: "query CountCodes {\n  discountCodesCount(limit: null) {\n    count\n    precision\n  }\n}",
}

export const FindDiscount: Operation<FindDiscountQuery, FindDiscountQueryVariables> = {
  name: 'FindDiscount',
  kind: 'query',
  cost: 1,
  text: "query FindDiscount($id: ID!) {\n  node(id: $id) {\n    id\n  }\n}",
}
