import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql'

/** Most points that one document may cost on any plan. Source: Shopify, "API limits". */
export const MAX_COST = 1000

/** Source: Shopify, "API limits" (a mutation costs 10); a root count costs as much in every recording. */
const MUTATION_POINTS = 10
const COUNT_POINTS = 10

/** Objects that cost nothing. Source: fitted to 1,191 recorded requests, shopify.md section 4.2. */
const FREE_TYPES = new Set(['MoneyV2', 'MoneyBag', 'PageInfo', 'ApiVersion', 'WebhookSubscriptionEndpoint'])

interface Pricing {
  schema: GraphQLSchema
  fragments: Map<string, FragmentDefinitionNode>
  variables: Record<string, unknown>
}

/** One field with what came of it; `data` undefined means that nothing has run. */
interface Selected {
  nodes: FieldNode[]
  type: GraphQLCompositeType
  data: unknown
}

interface Scope {
  type: GraphQLCompositeType
  selections: SelectionSetNode[]
  data: unknown
}

/** Fields by the type condition under which they stand; the empty key holds those that always count. */
type Groups = Map<string, Map<string, FieldNode[]>>

/** Points that a document asks for before it runs, from its shape and the sizes of its pages. */
export function requestedCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
): number {
  return price(schema, document, operation, variables, undefined)
}

/**
 * Points that a finished document is charged: objects that were null and pages that were empty give back what they hold.
 *
 * Shopify's own rule is not known; this one never exceeds the requested cost.
 */
export function actualCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
  data: unknown,
): number {
  return price(schema, document, operation, variables, data ?? null)
}

function price(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
  data: unknown,
): number {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node)
  const pricing = { schema, fragments, variables: withDefaults(operation, variables) }
  const isMutation = operation.operation === 'mutation'
  const root = isMutation ? schema.getMutationType() : schema.getQueryType()
  if (!root) return 0
  return sumFields(
    pricing,
    { type: root, selections: [operation.selectionSet], data },
    isMutation ? mutationCost : rootCost,
  )
}

function withDefaults(operation: OperationDefinitionNode, given: Record<string, unknown>): Record<string, unknown> {
  const variables: Record<string, unknown> = {}
  for (const definition of operation.variableDefinitions ?? []) {
    const name = definition.variable.name.value
    const fallback = definition.defaultValue
    variables[name] = given[name] ?? (fallback?.kind === Kind.INT ? Number(fallback.value) : undefined)
  }
  return variables
}

/** 10 points; the objects directly in the payload are free, what they hold counts. */
function mutationCost(pricing: Pricing, field: Selected): number {
  return MUTATION_POINTS + sumFields(pricing, inside(field), childrenCost)
}

function rootCost(pricing: Pricing, field: Selected): number {
  return field.type.name === 'Count' ? COUNT_POINTS : fieldCost(pricing, field)
}

function fieldCost(pricing: Pricing, field: Selected): number {
  if (FREE_TYPES.has(field.type.name)) return 0
  if (field.type.name.endsWith('Connection')) return connectionCost(pricing, field)
  return 1 + childrenCost(pricing, field)
}

function childrenCost(pricing: Pricing, field: Selected): number {
  return field.data === null ? 0 : sumFields(pricing, inside(field), fieldCost)
}

/** 2 + max(1, floor(2 ln n)) times the cost of one node, with n the asked size of the page. */
function connectionCost(pricing: Pricing, field: Selected): number {
  const nodeCost = sumFields(pricing, inside(field), (_, child) => {
    if (child.type.name === 'PageInfo') return 0
    if (Array.isArray(child.data) && child.data.length === 0) return 0
    return child.type.name.endsWith('Edge') ? childrenCost(pricing, child) : fieldCost(pricing, child)
  })
  const size = pageSize(pricing, field.nodes[0])
  return 2 + Math.max(1, Math.floor(2 * Math.log(Math.max(1, size)))) * Math.max(1, nodeCost)
}

function pageSize(pricing: Pricing, field: FieldNode | undefined): number {
  for (const argument of field?.arguments ?? []) {
    if (argument.name.value !== 'first' && argument.name.value !== 'last') continue
    if (argument.value.kind === Kind.INT) return Number(argument.value.value)
    if (argument.value.kind === Kind.VARIABLE) {
      const value = pricing.variables[argument.value.name.value]
      if (typeof value === 'number') return value
    }
  }
  return 1
}

/** What is selected in a field; of a list the first entry stands for all. */
function inside(field: Selected): Scope {
  const selections = field.nodes.flatMap((node) => (node.selectionSet ? [node.selectionSet] : []))
  const data = Array.isArray(field.data) ? (field.data[0] ?? null) : field.data
  return { type: field.type, selections, data }
}

/** Sums the objects selected on a type. Of several type conditions on a union or interface the most expensive counts. */
function sumFields(pricing: Pricing, scope: Scope, cost: (pricing: Pricing, field: Selected) => number): number {
  const groups: Groups = new Map()
  for (const selection of scope.selections) collect(pricing, scope.type, selection, '', groups)
  let always = 0
  let dearest = 0
  for (const [condition, fields] of groups) {
    if (condition !== '' && !isPresent(scope.data, fields)) continue
    const owner = condition ? pricing.schema.getType(condition) : scope.type
    let sum = 0
    for (const [key, nodes] of fields) sum += costOf(pricing, owner, nodes, readKey(scope.data, key), cost)
    if (condition === '') always = sum
    else dearest = Math.max(dearest, sum)
  }
  return always + dearest
}

/** Whether an answered object is of the type that selected these fields; before the run every type may be. */
function isPresent(data: unknown, fields: ReadonlyMap<string, FieldNode[]>): boolean {
  if (typeof data !== 'object' || data === null) return true
  return [...fields.keys()].every((key) => key in data)
}

function readKey(data: unknown, key: string): unknown {
  if (typeof data !== 'object' || data === null) return data
  return (data as Record<string, unknown>)[key]
}

function costOf(
  pricing: Pricing,
  owner: unknown,
  nodes: FieldNode[],
  data: unknown,
  cost: (pricing: Pricing, field: Selected) => number,
): number {
  const name = nodes[0]?.name.value ?? ''
  if (!isObjectType(owner) && !isInterfaceType(owner)) return 0
  const field = owner.getFields()[name]
  const type = field && getNamedType(field.type)
  return type && isCompositeType(type) ? cost(pricing, { nodes, type, data }) : 0
}

function collect(
  pricing: Pricing,
  type: GraphQLCompositeType,
  set: SelectionSetNode,
  condition: string,
  groups: Groups,
): void {
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) {
      const fields = groups.get(condition) ?? new Map<string, FieldNode[]>()
      const key = selection.alias?.value ?? selection.name.value
      fields.set(key, [...(fields.get(key) ?? []), selection])
      groups.set(condition, fields)
      continue
    }
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? pricing.fragments.get(selection.name.value) : selection
    if (!fragment) continue
    const onType = fragment.typeCondition?.name.value
    const narrows = onType !== undefined && onType !== type.name && isAbstractType(type)
    collect(pricing, type, fragment.selectionSet, narrows ? onType : condition, groups)
  }
}
