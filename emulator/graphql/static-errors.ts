import {
  type ASTNode,
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  getNamedType,
  Kind,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
} from 'graphql'

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
    /^(invalid|Invalid|Could not coerce) .*/,
    ([message = '']) => ({ message, extensions: { code: 'argumentLiteralsIncompatible', typeName: 'CoercionError' } }),
  ],
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
  return validate(schema, document).map((error) => translate(schema, document, error))
}

/** Where a fault stands: the names on the way to it, and what the schema expects there. */
interface Place {
  path: string[]
  expected: string
  /** The argument or input field that holds it, with its owner. */
  argument: string
  owner: string
  ownerKind: 'Field' | 'InputObject'
}

function translate(schema: GraphQLSchema, document: DocumentNode, error: GraphQLError): StaticError {
  const node = error.nodes?.at(-1)
  const place = node ? findPlace(schema, document, node) : undefined
  const path = place?.path ?? []
  const base = { locations: [...(error.locations ?? [])], path }
  const misfit = place && node ? describeMisfit(node, error.message, place) : undefined
  if (misfit) return { ...base, ...misfit }
  const [type = 'query', name] = (path[0] ?? '').split(' ')
  for (const [pattern, say] of TRANSLATIONS) {
    const match = pattern.exec(error.message)
    if (match) return { ...base, ...say([...match], { operation: name ?? `anonymous ${type}` }) }
  }
  return { ...base, message: error.message, extensions: { code: 'invalidDocument' } }
}

/** A literal that does not fit its argument, a missing input field, or a variable of another type than its argument. */
function describeMisfit(
  node: ASTNode,
  message: string,
  place: Place,
): Pick<StaticError, 'message' | 'extensions'> | undefined {
  const { argument, owner, ownerKind, expected } = place
  const mismatch = /^Variable "\$(.+?)" of type "(.+?)" used in position expecting type "(.+?)"/.exec(message)
  if (mismatch) {
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
  const missing = /^Expected value of type "(.+?)" to include required field "(.+?)"/.exec(message)
  if (missing) {
    return {
      message: `Argument '${missing[2]}' on InputObject '${missing[1]}' is required. Expected type ${expected}`,
      extensions: {
        code: 'missingRequiredInputObjectAttribute',
        argumentName: missing[2],
        argumentType: expected,
        inputObjectType: missing[1],
      },
    }
  }
  if (!isValue(node) || /unknown field|^(invalid|Invalid|Could not coerce) /.test(message)) return undefined
  const text = node.loc?.source.body.slice(node.loc.start, node.loc.end) ?? ''
  return {
    message: `Argument '${argument}' on ${ownerKind} '${owner}' has an invalid value (${text}). Expected type '${expected}'.`,
    extensions: { code: 'argumentLiteralsIncompatible', typeName: ownerKind, argumentName: argument },
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
function findPlace(schema: GraphQLSchema, document: DocumentNode, target: ASTNode): Place | undefined {
  const info = new TypeInfo(schema)
  const path: string[] = []
  const owners: { name: string; kind: 'Field' | 'InputObject' }[] = []
  let found: Place | undefined
  visit(
    document,
    visitWithTypeInfo(info, {
      enter(node) {
        if (found) return
        const name = nameOf(node)
        if (name !== undefined) path.push(name)
        if (node.kind === Kind.FIELD) owners.push({ name: node.name.value, kind: 'Field' })
        if (node.kind === Kind.OBJECT)
          owners.push({ name: String(getNamedType(info.getInputType() ?? undefined) ?? ''), kind: 'InputObject' })
        if (node !== target) return
        const owner = node.kind === Kind.OBJECT ? owners.at(-2) : owners.at(-1)
        const expected = String(info.getInputType() ?? '')
        found = {
          path: [...path],
          expected,
          argument: path.at(-1) ?? '',
          owner: owner?.name ?? '',
          ownerKind: owner?.kind ?? 'Field',
        }
      },
      leave(node) {
        if (nameOf(node) !== undefined) path.pop()
        if (node.kind === Kind.FIELD || node.kind === Kind.OBJECT) owners.pop()
      },
    }),
  )
  return found
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
