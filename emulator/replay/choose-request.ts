import { type FieldNode, Kind, type OperationDefinitionNode, parse } from 'graphql'
import { isObject, type JsonObject } from './json.ts'

export interface RecordedRequest {
  name: string
  query: string
  variables: JsonObject | undefined
}

/** The first operation of a document; undefined when it does not parse. */
export function operationOf(query: string): OperationDefinitionNode | undefined {
  try {
    return parse(query).definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION)
  } catch {
    return undefined // a recording may hold a broken document on purpose
  }
}

/** Fields of the root by the name under which they are in the reply. */
export function rootFields(query: string): Map<string, FieldNode> {
  const fields = new Map<string, FieldNode>()
  for (const selection of operationOf(query)?.selectionSet.selections ?? []) {
    if (selection.kind === Kind.FIELD) fields.set(selection.alias?.value ?? selection.name.value, selection)
  }
  return fields
}

/** The request of a step that names none: the one of its name, else the one whose fields the reply answers. */
export function chooseRequest(
  requests: RecordedRequest[],
  step: string,
  body: JsonObject,
): RecordedRequest | undefined {
  const named = requests.find((request) => request.name === step)
  if (named) return named
  const answered = isObject(body.data) ? Object.keys(body.data).sort().join() : undefined
  if (answered === undefined) return undefined
  const fitting = requests.filter((request) => [...rootFields(request.query).keys()].sort().join() === answered)
  return fitting.sort((left, right) => likeness(right.name, step) - likeness(left.name, step))[0]
}

/** Letters at the start that two names share, ignoring case. */
function likeness(left: string, right: string): number {
  const [one, other] = [left.toLowerCase(), right.toLowerCase()]
  let length = 0
  while (length < one.length && one[length] === other[length]) length += 1
  return length
}
