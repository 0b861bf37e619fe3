// Made by scripts/shopify-types.ts from operations/catalog.graphql: do not edit.
import type { Operation } from '../client/operation.ts'

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type SearchProductsQueryVariables = Exact<{
  query: string;
}>;


export type SearchProductsQuery = { products: { nodes: Array<{ id: string, title: string }> } };

export type SearchCollectionsQueryVariables = Exact<{
  query: string;
}>;


export type SearchCollectionsQuery = { collections: { nodes: Array<{ id: string, title: string }> } };

export type NameCatalogItemsQueryVariables = Exact<{
  ids: Array<string> | string;
}>;


export type NameCatalogItemsQuery = { nodes: Array<
    | { __typename: 'Collection', id: string, title: string }
    | { __typename: 'Product', id: string, title: string }
    | Record<PropertyKey, never>
   | null> };

export const SearchProducts: Operation<SearchProductsQuery, SearchProductsQueryVariables> = {
  name: 'SearchProducts',
  kind: 'query',
  cost: 7,
  text: "query SearchProducts($query: String!) {\n  products(first: 20, query: $query, sortKey: TITLE) {\n    nodes {\n      id\n      title\n    }\n  }\n}",
}

export const SearchCollections: Operation<SearchCollectionsQuery, SearchCollectionsQueryVariables> = {
  name: 'SearchCollections',
  kind: 'query',
  cost: 7,
  text: "query SearchCollections($query: String!) {\n  collections(first: 20, query: $query, sortKey: TITLE) {\n    nodes {\n      id\n      title\n    }\n  }\n}",
}

export const NameCatalogItems: Operation<NameCatalogItemsQuery, NameCatalogItemsQueryVariables> = {
  name: 'NameCatalogItems',
  kind: 'query',
  cost: 1,
  text: "query NameCatalogItems($ids: [ID!]!) {\n  nodes(ids: $ids) {\n    ... on Product {\n      __typename\n      id\n      title\n    }\n    ... on Collection {\n      __typename\n      id\n      title\n    }\n  }\n}",
}
