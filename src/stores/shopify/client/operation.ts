/** One GraphQL document of ours with the types of its reply and variables; made from `operations/*.graphql`. */
export type Operation<Result, Variables> = {
  name: string
  kind: 'query' | 'mutation'
  text: string
  /** Points that Shopify asks for before it runs; learned anew from every reply. */
  cost: number
  /** Carries the types; never set. */
  readonly types?: { result: Result; variables: Variables }
}
