import {
  type GraphQLInputType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  isScalarType,
  type OperationDefinitionNode,
  print,
  typeFromAST,
} from 'graphql'
import { SCALAR_CHECKS } from './schema.ts'

/** One thing wrong with a variable. `message` is present where a scalar itself refused the value. */
interface Problem {
  path: (string | number)[]
  explanation: string
  message?: string
}

export interface VariableError {
  message: string
  locations: { line: number; column: number }[]
  extensions: { code: 'INVALID_VARIABLE'; value: unknown; problems: Problem[] }
}

/** Checks the variables of a request as the Admin API does: every fault of a variable in one error, no cost, no data. */
export function checkVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  given: Record<string, unknown>,
): VariableError[] {
  const errors: VariableError[] = []
  for (const definition of operation.variableDefinitions ?? []) {
    const name = definition.variable.name.value
    const type = typeFromAST(schema, definition.type)
    if (!type || !isInputType(type)) continue
    if (!(name in given) && (definition.defaultValue || !isNonNullType(type))) continue
    const problems: Problem[] = []
    checkValue(type, given[name] ?? null, [], problems)
    if (problems.length === 0) continue
    const start = definition.loc?.startToken
    errors.push({
      message: `Variable $${name} of type ${print(definition.type)} was provided invalid value${describe(problems)}`,
      locations: start ? [{ line: start.line, column: start.column }] : [],
      extensions: { code: 'INVALID_VARIABLE', value: given[name] ?? null, problems },
    })
  }
  return errors
}

function describe(problems: Problem[]): string {
  const placed = problems.filter((problem) => problem.path.length > 0)
  if (placed.length === 0) return ''
  return ` for ${placed.map((problem) => `${problem.path.join('.')} (${problem.explanation})`).join(', ')}`
}

function checkValue(type: GraphQLInputType, value: unknown, path: (string | number)[], problems: Problem[]): void {
  if (isNonNullType(type)) {
    if (value === null || value === undefined) problems.push({ path, explanation: 'Expected value to not be null' })
    else checkValue(type.ofType, value, path, problems)
    return
  }
  if (value === null || value === undefined) return
  if (isListType(type)) {
    const items = Array.isArray(value) ? value : [value]
    items.forEach((item, index) => {
      checkValue(type.ofType, item, Array.isArray(value) ? [...path, index] : path, problems)
    })
    return
  }
  if (isInputObjectType(type)) {
    checkObject(type, value, path, problems)
    return
  }
  if (isEnumType(type)) {
    const allowed = type.getValues().map((entry) => entry.name)
    if (typeof value !== 'string' || !allowed.includes(value)) {
      problems.push({ path, explanation: `Expected ${JSON.stringify(value)} to be one of: ${allowed.join(', ')}` })
    }
    return
  }
  if (isScalarType(type)) checkScalar(type.name, value, path, problems)
}

type InputObject = Extract<GraphQLInputType, { isOneOf: boolean }>

function checkObject(type: InputObject, value: unknown, path: (string | number)[], problems: Problem[]): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    problems.push({ path, explanation: `Expected ${JSON.stringify(value)} to be a key-value object.` })
    return
  }
  const given = value as Record<string, unknown>
  const fields = type.getFields()
  for (const key of Object.keys(given)) {
    if (!fields[key]) problems.push({ path: [...path, key], explanation: `Field is not defined on ${type.name}` })
  }
  for (const [key, field] of Object.entries(fields)) {
    if (key in given) checkValue(field.type, given[key], [...path, key], problems)
    else if (isNonNullType(field.type) && field.defaultValue === undefined && field.default === undefined) {
      problems.push({ path: [...path, key], explanation: 'Expected value to not be null' })
    }
  }
  if (type.isOneOf) checkOneOf(type.name, given, path, problems)
}

/** The words of graphql-ruby, which the Admin API runs on; UNCERTAIN, no recording. */
function checkOneOf(
  name: string,
  given: Record<string, unknown>,
  path: (string | number)[],
  problems: Problem[],
): void {
  const keys = Object.keys(given)
  const [only] = keys
  if (keys.length !== 1 || only === undefined) {
    problems.push({ path, explanation: `'${name}' requires exactly one argument, but ${keys.length} were provided.` })
  } else if (given[only] === null) {
    problems.push({ path, explanation: `'${name}' requires exactly one argument, but '${only}' was \`null\`.` })
  }
}

const BUILT_IN: Record<string, (value: unknown) => boolean> = {
  String: (value) => typeof value === 'string',
  Boolean: (value) => typeof value === 'boolean',
  Float: (value) => typeof value === 'number',
  Int: (value) => typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= 2_147_483_647,
}

function checkScalar(name: string, value: unknown, path: (string | number)[], problems: Problem[]): void {
  const builtIn = BUILT_IN[name]
  if (builtIn) {
    if (!builtIn(value))
      problems.push({ path, explanation: `Could not coerce value ${JSON.stringify(value)} to ${name}` })
    return
  }
  const explanation = SCALAR_CHECKS[name]?.(value)
  if (explanation) problems.push({ path, explanation, message: explanation })
}
