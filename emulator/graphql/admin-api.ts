import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
} from 'graphql'
import type { ImportWorker } from '../discounts/import-worker.ts'
import type { AccessToken } from '../shop/app.ts'
import { planLimits } from '../shop/settings.ts'
import type { Shop } from '../shop/shop.ts'
import { Bucket } from './bucket.ts'
import type { Context } from './context.ts'
import { actualCost, MAX_COST, requestedCost } from './cost.ts'
import { findOversizedArray } from './input-size.ts'
import { createRoots } from './root.ts'
import { loadSchema } from './schema.ts'
import { checkDocument } from './static-errors.ts'
import { checkVariables } from './variables.ts'

export interface GraphqlRequest {
  query: string
  variables: Record<string, unknown>
  operationName: string | undefined
}

/** The body of a reply; HTTP 200 whatever it says. */
export type GraphqlReply = Record<string, unknown>

/** Parsed and checked documents that are kept: a client sends the same few all the time. */
const KEPT_DOCUMENTS = 500

type Prepared = { document: DocumentNode } | { errors: unknown[] }

/** The Admin GraphQL API of one shop: checks a request as Shopify does, charges it and answers it. */
export class AdminApi {
  readonly bucket: Bucket
  #shop: Shop
  #worker: ImportWorker
  #schema: GraphQLSchema = loadSchema()
  #roots = createRoots()
  #documents = new Map<string, Prepared>()

  constructor(shop: Shop, worker: ImportWorker) {
    this.#shop = shop
    this.#worker = worker
    this.bucket = new Bucket(shop.clock, () => planLimits(shop.settings.plan))
  }

  answer(token: AccessToken, request: GraphqlRequest): GraphqlReply {
    const prepared = this.#prepare(request.query)
    if ('errors' in prepared) return { errors: prepared.errors }
    const operation = pickOperation(prepared.document, request.operationName)
    if (typeof operation === 'string') return { errors: [{ message: operation }] }
    const invalid = checkVariables(this.#schema, operation, request.variables)
    if (invalid.length > 0) return { errors: invalid }
    return this.#charge(token, prepared.document, operation, request.variables)
  }

  #prepare(query: string): Prepared {
    const known = this.#documents.get(query)
    if (known) return known
    const prepared = this.#check(query)
    if (this.#documents.size >= KEPT_DOCUMENTS) this.#documents.clear()
    this.#documents.set(query, prepared)
    return prepared
  }

  #check(query: string): Prepared {
    try {
      const document = parse(query)
      const errors = checkDocument(this.#schema, document)
      return errors.length > 0 ? { errors } : { document }
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error
      return {
        errors: [
          { message: error.message.replace(/^Syntax Error: /, 'syntax error, '), locations: error.locations ?? [] },
        ],
      }
    }
  }

  #charge(
    token: AccessToken,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Record<string, unknown>,
  ): GraphqlReply {
    const requested = requestedCost(this.#schema, document, operation, variables)
    if (requested > MAX_COST) return { errors: [tooExpensive(requested)], extensions: this.#cost(requested, null) }
    if (!this.bucket.take(requested)) {
      return {
        errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }],
        extensions: this.#cost(requested, null),
      }
    }
    const oversized = findOversizedArray(operation, variables)
    if (oversized) return { errors: [tooLong(oversized.size, oversized.path)], extensions: this.#cost(requested, null) }
    const context: Context = { shop: this.#shop, worker: this.#worker, token, searchNotes: [] }
    const result = this.#run(document, operation, variables, context)
    const actual = Math.min(requested, actualCost(this.#schema, document, operation, variables, result.data))
    this.bucket.refund(requested - actual)
    return {
      ...(result.errors ? { errors: result.errors.map(formatError) } : {}),
      ...(result.data === undefined ? {} : { data: result.data }),
      extensions: {
        ...this.#cost(requested, actual),
        ...(context.searchNotes.length > 0 ? { search: context.searchNotes } : {}),
      },
    }
  }

  #run(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Record<string, unknown>,
    context: Context,
  ): ExecutionResult {
    const result = execute({
      schema: this.#schema,
      document,
      rootValue: operation.operation === 'mutation' ? this.#roots.mutation : this.#roots.query,
      contextValue: context,
      variableValues: variables,
      ...(operation.name ? { operationName: operation.name.value } : {}),
    })
    if (result instanceof Promise) throw new Error('A resolver of the emulator must answer at once.')
    return result
  }

  #cost(requestedQueryCost: number, actualQueryCost: number | null): { cost: object } {
    return { cost: { requestedQueryCost, actualQueryCost, throttleStatus: this.bucket.status() } }
  }
}

function pickOperation(document: DocumentNode, name: string | undefined): OperationDefinitionNode | string {
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION)
  const [only] = operations
  if (name) return operations.find((node) => node.name?.value === name) ?? `No operation named "${name}"`
  return operations.length === 1 && only ? only : 'An operation name is required'
}

function formatError(error: GraphQLError): object {
  const { message, locations = [], extensions, path } = error
  return { message, locations, extensions: 'code' in extensions ? extensions : { code: 'INTERNAL_SERVER_ERROR' }, path }
}

/** Source: Shopify, rate limits ("Single query limit"); the sentence is shortened. */
function tooExpensive(cost: number): object {
  return {
    message: `Query cost is ${cost}, which exceeds the single query max cost limit (${MAX_COST}).`,
    extensions: {
      code: 'MAX_COST_EXCEEDED',
      cost,
      maxCost: MAX_COST,
      documentation: 'https://shopify.dev/api/usage/rate-limits',
    },
  }
}

function tooLong(size: number, path: string[]): object {
  return {
    message: `The input array size of ${size} is greater than the maximum allowed of 250.`,
    locations: [],
    path,
    extensions: { code: 'MAX_INPUT_SIZE_EXCEEDED' },
  }
}
