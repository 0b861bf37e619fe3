import { Kind, type OperationDefinitionNode, type ValueNode, visit } from 'graphql'

/** Most entries of an input array. Source: Shopify, "API limits". */
const MAX_ARRAY = 250

export interface OversizedArray {
  size: number
  path: string[]
}

/** The first argument that holds too long an array, with the path of its field and argument. */
export function findOversizedArray(
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
): OversizedArray | undefined {
  const path: string[] = []
  let found: OversizedArray | undefined
  visit(operation, {
    Field: {
      enter(node) {
        path.push(node.alias?.value ?? node.name.value)
        for (const argument of node.arguments ?? []) {
          found ??= measure(toPlain(argument.value, variables), [...path, argument.name.value])
        }
      },
      leave() {
        path.pop()
      },
    },
  })
  return found
}

function measure(value: unknown, path: string[]): OversizedArray | undefined {
  if (Array.isArray(value)) {
    if (value.length > MAX_ARRAY) return { size: value.length, path }
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, inner] of Object.entries(value)) {
    const found = measure(inner, [...path, key])
    if (found) return found
  }
  return undefined
}

function toPlain(node: ValueNode, variables: Record<string, unknown>): unknown {
  if (node.kind === Kind.VARIABLE) return variables[node.name.value]
  if (node.kind === Kind.LIST) return node.values.map((value) => toPlain(value, variables))
  if (node.kind === Kind.OBJECT)
    return Object.fromEntries(node.fields.map((field) => [field.name.value, toPlain(field.value, variables)]))
  return undefined
}
