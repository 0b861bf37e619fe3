import { readFileSync } from 'node:fs'
import {
  buildSchema,
  GraphQLError,
  type GraphQLScalarType,
  type GraphQLSchema,
  isScalarType,
  Kind,
  type ValueNode,
} from 'graphql'
import { isDecimal } from '../money.ts'

const SCHEMA_FILE = new URL('../schema/admin-2026-10.graphql', import.meta.url)

/** Says why a value is none of its scalar, in the API's words; undefined when it is fine. */
export type ScalarCheck = (value: unknown) => string | undefined

function checkDecimal(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && isDecimal(text) ? undefined : `invalid decimal '${String(value)}'`
}

function checkDateTime(value: unknown): string | undefined {
  const valid = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}/.test(value) && !Number.isNaN(Date.parse(value))
  return valid ? undefined : `invalid DateTime '${String(value)}'`
}

function checkUnsigned(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : value
  const valid = typeof text === 'string' && /^\d{1,20}$/.test(text)
  return valid ? undefined : `Could not coerce value ${JSON.stringify(value)} to UnsignedInt64`
}

function checkId(value: unknown): string | undefined {
  const valid = typeof value === 'string' && value.startsWith('gid://shopify/')
  return valid ? undefined : `Invalid global id '${String(value)}'`
}

function checkText(value: unknown): string | undefined {
  return typeof value === 'string' ? undefined : `Could not coerce value ${JSON.stringify(value)} to URL`
}

/** The words of `checkDecimal` are recorded (discount-value-bounds), those of the id come from public reports; the rest is inferred. */
export const SCALAR_CHECKS: Record<string, ScalarCheck> = {
  Decimal: checkDecimal,
  Money: checkDecimal,
  DateTime: checkDateTime,
  UnsignedInt64: checkUnsigned,
  ID: checkId,
  URL: checkText,
}

const TO_INTERNAL: Record<string, (value: unknown) => unknown> = {
  Decimal: (value) => String(value).trim(),
  Money: (value) => String(value).trim(),
  DateTime: (value) => Math.floor(Date.parse(String(value)) / 1000) * 1000,
  UnsignedInt64: Number,
}

function literalValue(node: ValueNode): unknown {
  if (node.kind === Kind.STRING || node.kind === Kind.INT || node.kind === Kind.FLOAT) return node.value
  return node.kind === Kind.BOOLEAN ? node.value : undefined
}

function teach(scalar: GraphQLScalarType, check: ScalarCheck): void {
  const convert = TO_INTERNAL[scalar.name] ?? ((value: unknown) => value)
  const coerce = (value: unknown): unknown => {
    const problem = check(value)
    if (problem) throw new GraphQLError(problem)
    return convert(value)
  }
  scalar.coerceInputValue = coerce
  scalar.coerceInputLiteral = (node) => coerce(literalValue(node))
  scalar.coerceOutputValue = (value) => (typeof value === 'number' ? String(value) : value)
}

/** The Admin API's schema. Date-times arrive in resolvers as milliseconds cut to seconds, decimals as text, big integers as numbers. */
export function loadSchema(): GraphQLSchema {
  const schema = buildSchema(readFileSync(SCHEMA_FILE, 'utf8'))
  for (const type of Object.values(schema.getTypeMap())) {
    const check = SCALAR_CHECKS[type.name]
    if (isScalarType(type) && check && type.name !== 'ID') teach(type, check)
  }
  return schema
}
