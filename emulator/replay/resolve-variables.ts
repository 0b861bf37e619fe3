import { type FieldNode, Kind, visit } from 'graphql'
import { operationOf, type RecordedRequest, rootFields } from './choose-request.ts'
import { isObject, type Json, type JsonObject } from './json.ts'

export interface ResolveInput {
  request: RecordedRequest
  /** Variables recorded beside the reply. */
  given: JsonObject | undefined
  /** The run's ids and codes. */
  known: JsonObject
  stepName: string
  body: JsonObject
}

/** Other names under which the runs keep a variable, best first. Source: README of the recordings, "Where request and reply of a step are in different places". */
const OTHER_NAMES: Record<string, string[]> = {
  id: ['discountId', 'codeDiscountId', 'customerId', 'orderId'],
  discountId: ['id', 'codeDiscountId'],
  codeId: ['codeDiscountId', 'discountId', 'id'],
  automaticId: ['automaticDiscountId'],
  code: ['updatedCode', 'seedCode'],
  removedCode: ['seedCode'],
  exactAddedCode: ['addedCode'],
}

/** The variables of a step: those beside it, else for each one what the reply, the request or the run's values say. */
export function resolveVariables(input: ResolveInput): JsonObject {
  if (input.given) return input.given
  const { request, stepName } = input
  const own = request.name === stepName ? request.variables : undefined
  const variables: JsonObject = { ...own }
  for (const definition of operationOf(request.query)?.variableDefinitions ?? []) {
    const name = definition.variable.name.value
    if (name in variables) continue
    const value = inferFromReply(name, input) ?? request.variables?.[name] ?? findKnown(name, input.known)
    if (value !== undefined) variables[name] = value
  }
  return variables
}

function findKnown(name: string, known: JsonObject): Json | undefined {
  for (const key of [name, ...(OTHER_NAMES[name] ?? [])]) if (known[key] !== undefined) return known[key]
  return undefined
}

/** An id that the reply itself names, or the input of a new customer from what came back. */
function inferFromReply(name: string, { request, body }: ResolveInput): Json | undefined {
  if (!isObject(body.data)) return undefined
  for (const [key, field] of rootFields(request.query)) {
    const argument = argumentOf(field, name)
    const answer = body.data[key]
    if (argument === undefined || !isObject(answer)) continue
    if (/^(id|discountId)$/.test(argument)) return idIn(answer)
    if (field.name.value === 'customerCreate' && isObject(answer.customer)) return customerInput(answer.customer)
  }
  return undefined
}

function argumentOf(field: FieldNode, variable: string): string | undefined {
  let found: string | undefined
  for (const argument of field.arguments ?? []) {
    visit(argument, {
      Variable(node) {
        if (node.kind === Kind.VARIABLE && node.name.value === variable) found = argument.name.value
      },
    })
  }
  return found
}

function idIn(answer: JsonObject): Json | undefined {
  if (typeof answer.id === 'string') return answer.id
  for (const [key, value] of Object.entries(answer)) {
    if (/^deleted.*Id$/.test(key) && typeof value === 'string') return value
    if (/Node$/.test(key) && isObject(value) && typeof value.id === 'string') return value.id
  }
  return undefined
}

function customerInput(customer: JsonObject): JsonObject {
  const name =
    typeof customer.displayName === 'string' && !customer.displayName.includes('@') ? customer.displayName : ''
  const [firstName = '', ...rest] = name.split(' ')
  return { email: customer.email ?? null, firstName, lastName: rest.join(' ') }
}
