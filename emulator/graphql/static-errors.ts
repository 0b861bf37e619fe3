import { type ASTNode, type DocumentNode, type GraphQLError, type GraphQLSchema, Kind, validate, visit } from 'graphql'

/** A refused document in the words of graphql-ruby, which the Admin API runs on. No data, no cost block. */
export interface StaticError {
  message: string
  locations: { line: number; column: number }[]
  path: string[]
  extensions: Record<string, unknown>
}

type Translation = (
  match: string[],
  context: { operation: string },
) => { message: string; extensions: Record<string, unknown> }

/**
 * Texts of graphql-js and what the Admin API says instead. The codes are those of shopify.md section 3; texts without a
 * recording follow public error reports and are UNCERTAIN in their wording.
 */
const TRANSLATIONS: [RegExp, Translation][] = [
  [
    /^Cannot query field "(.+?)" on type "(.+?)"/,
    ([, field = '', type = '']) => ({
      message: `Field '${field}' doesn't exist on type '${type}'`,
      extensions: { code: 'undefinedField', typeName: type, fieldName: field },
    }),
  ],
  [
    /^Unknown argument "(.+?)" on field "(.+?)\.(.+?)"/,
    ([, argument = '', , field = '']) => ({
      message: `Field '${field}' doesn't accept argument '${argument}'`,
      extensions: { code: 'argumentNotAccepted', name: field, typeName: 'Field', argumentName: argument },
    }),
  ],
  [
    /^Expected value of type "(.+?)" not to include unknown field "(.+?)"|^Field "(.+?)" is not defined by type "(.+?)"/,
    ([, type, field, otherField, otherType]) => ({
      message: `InputObject '${type ?? otherType}' doesn't accept argument '${field ?? otherField}'`,
      extensions: {
        code: 'argumentNotAccepted',
        name: type ?? otherType,
        typeName: 'InputObject',
        argumentName: field ?? otherField,
      },
    }),
  ],
  [
    /^Argument "(.+?)\.(.+?)\((.+?):\)" of type ".+?" is required|^Field "(.+?)" argument "(.+?)" of type ".+?" is required/,
    ([, , named, argument, otherField, otherArgument]) => {
      const field = named ?? otherField
      const missing = argument ?? otherArgument
      return {
        message: `Field '${field}' is missing required arguments: ${missing}`,
        extensions: { code: 'missingRequiredArguments', className: 'Field', name: field, arguments: missing },
      }
    },
  ],
  [
    /^Variable "\$(.+?)" is never used/,
    ([, variable = ''], { operation }) => ({
      message: `Variable $${variable} is declared by ${operation} but not used`,
      extensions: { code: 'variableNotUsed', variableName: variable },
    }),
  ],
  [
    /^Variable "\$(.+?)" is not defined/,
    ([, variable = ''], { operation }) => ({
      message: `Variable $${variable} is used by ${operation} but not declared`,
      extensions: { code: 'variableNotDefined', variableName: variable },
    }),
  ],
  [
    /^Unknown type "(.+?)"/,
    ([, type = '']) => ({
      message: `No such type ${type}, so it can't be a fragment condition`,
      extensions: { code: 'undefinedType', typeName: type },
    }),
  ],
  [
    /^Fragment ".*?" cannot be spread here|^Fragment cannot be spread here as objects of type "(.+?)" can never be of type "(.+?)"/,
    ([, parent = '', child = '']) => ({
      message: `Fragment on ${child} can't be spread inside ${parent}`,
      extensions: { code: 'cannotSpreadFragment', typeName: child, fragmentName: 'unknown', parentName: parent },
    }),
  ],
  [
    /^Unknown fragment "(.+?)"/,
    ([, name = '']) => ({
      message: `Fragment ${name} was used, but not defined`,
      extensions: { code: 'useAndDefineFragment', fragmentName: name },
    }),
  ],
  [
    /^Fragment "(.+?)" is never used/,
    ([, name = '']) => ({
      message: `Fragment ${name} was defined, but not used`,
      extensions: { code: 'useAndDefineFragment', fragmentName: name },
    }),
  ],
  [
    /^Field "(.+?)" of type "(.+?)" must have a selection of subfields/,
    ([, field = '', type = '']) => ({
      message: `Field must have selections (field '${field}' returns ${type.replace(/[[\]!]/g, '')} but has no selections. Did you mean '${field} { ... }'?)`,
      extensions: { code: 'selectionMismatch', nodeName: `field '${field}'`, typeName: type },
    }),
  ],
  [
    /^Field "(.+?)" must not have a selection since type "(.+?)" has no subfields/,
    ([, field = '', type = '']) => ({
      message: `Selections can't be made on scalars (field '${field}' returns ${type.replace(/[[\]!]/g, '')} but has selections)`,
      extensions: { code: 'selectionMismatch', nodeName: `field '${field}'`, typeName: type },
    }),
  ],
]

/** Checks a parsed document; empty when it may run. */
export function checkDocument(schema: GraphQLSchema, document: DocumentNode): StaticError[] {
  return validate(schema, document).map((error) => translate(document, error))
}

function translate(document: DocumentNode, error: GraphQLError): StaticError {
  const node = error.nodes?.[0]
  const ancestors = node ? ancestorsOf(document, node) : []
  const operation = ancestors[0] ?? 'query'
  const base = { locations: [...(error.locations ?? [])], path: ancestors }
  const value = incompatibleArgument(node, error, ancestors)
  if (value) return { ...base, ...value }
  for (const [pattern, say] of TRANSLATIONS) {
    const match = pattern.exec(error.message)
    if (match) return { ...base, ...say([...match], { operation: operation.split(' ')[1] ?? 'anonymous query' }) }
  }
  return { ...base, message: error.message, extensions: { code: 'invalidDocument' } }
}

/** A literal that does not fit its argument, or a variable of another type than its argument. */
function incompatibleArgument(
  node: ASTNode | undefined,
  error: GraphQLError,
  path: string[],
): Omit<StaticError, 'locations' | 'path'> | undefined {
  const mismatch = /^Variable "\$(.+?)" of type "(.+?)" used in position expecting type "(.+?)"/.exec(error.message)
  if (mismatch) {
    const argument = path.at(-1) ?? ''
    return {
      message: `Type mismatch on variable $${mismatch[1]} and argument ${argument} (${mismatch[2]} / ${mismatch[3]})`,
      extensions: {
        code: 'variableMismatch',
        variableName: mismatch[1],
        typeName: mismatch[2],
        argumentName: argument,
        errorMessage: 'Type mismatch',
      },
    }
  }
  const argument = path.at(-1)
  const owner = path.at(-2)
  const text = node?.loc?.source.body.slice(node.loc.start, node.loc.end)
  const expected = /Expected (?:value of type|value of non-null type) "(.+?)"|^(.+?) cannot represent/.exec(
    error.message,
  )
  if (!node || !isValue(node) || !expected || text === undefined || /unknown field/.test(error.message))
    return undefined
  const type = expected[1] ?? expected[2] ?? ''
  return {
    message: `Argument '${argument}' on Field '${owner}' has an invalid value (${text}). Expected type '${type}'.`,
    extensions: { code: 'argumentLiteralsIncompatible', typeName: 'Field', argumentName: argument },
  }
}

const VALUE_KINDS = new Set<string>([
  Kind.INT,
  Kind.FLOAT,
  Kind.STRING,
  Kind.BOOLEAN,
  Kind.NULL,
  Kind.ENUM,
  Kind.LIST,
  Kind.OBJECT,
])

function isValue(node: ASTNode): boolean {
  return VALUE_KINDS.has(node.kind)
}

/** Names on the way to a node: the operation, then fields by alias, arguments and input fields. */
function ancestorsOf(document: DocumentNode, target: ASTNode): string[] {
  const names: string[] = []
  let found: string[] | undefined
  visit(document, {
    enter(node) {
      if (found) return
      const name = nameOf(node)
      if (name !== undefined) names.push(name)
      if (node === target) found = [...names]
    },
    leave(node) {
      if (nameOf(node) !== undefined) names.pop()
    },
  })
  return found ?? []
}

function nameOf(node: ASTNode): string | undefined {
  switch (node.kind) {
    case Kind.OPERATION_DEFINITION:
      return node.name ? `${node.operation} ${node.name.value}` : node.operation
    case Kind.FIELD:
      return node.alias?.value ?? node.name.value
    case Kind.ARGUMENT:
    case Kind.OBJECT_FIELD:
      return node.name.value
    case Kind.INLINE_FRAGMENT:
      return node.typeCondition ? `... on ${node.typeCondition.name.value}` : '...'
    case Kind.FRAGMENT_DEFINITION:
      return `fragment ${node.name.value}`
    default:
      return undefined
  }
}
