// Writes src/stores/shopify/generated/*.ts: the types of every GraphQL document of the Shopify client, from Shopify's schema.
// With --check it writes nothing and fails when a file is not what it would write.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { codegen } from '@graphql-codegen/core'
import * as operationsPlugin from '@graphql-codegen/typescript-operations'
import { type DocumentNode, type OperationDefinitionNode, parse, print } from 'graphql'
import { requestedCost } from '../emulator/graphql/cost.ts'
import { loadSchema } from '../emulator/graphql/schema.ts'

const ROOM = new URL('../src/stores/shopify/', import.meta.url)
const SCALARS = {
  ID: 'string',
  Decimal: 'string',
  DateTime: 'string',
  UnsignedInt64: 'string',
  URL: 'string',
  Money: 'string',
}

const schema = loadSchema()
const isCheck = process.argv.includes('--check')

function operationsOf(document: DocumentNode): OperationDefinitionNode[] {
  return document.definitions.filter((part) => part.kind === 'OperationDefinition')
}

async function typesOf(document: DocumentNode, filename: string): Promise<string> {
  const plugin = operationsPlugin as unknown as Parameters<typeof codegen>[0]['pluginMap'][string]
  return await codegen({
    schema: parse(readFileSync(new URL('../emulator/schema/admin-2026-10.graphql', import.meta.url), 'utf8')),
    documents: [{ document, location: filename }],
    filename,
    plugins: [{ operations: {} }],
    pluginMap: { operations: plugin },
    config: {
      scalars: SCALARS,
      strictScalars: false,
      defaultScalarType: 'unknown',
      skipTypename: true,
      enumType: 'string-literal',
      enumsAsTypes: true,
      useTypeImports: true,
      avoidOptionals: { field: true },
      exportFragmentSpreadSubTypes: true,
      nonOptionalTypename: false,
    },
  })
}

/** Writes out the document with its fragments; they follow every operation of the file that has any. */
function constantOf(operation: OperationDefinitionNode, document: DocumentNode): string {
  const name = operation.name?.value ?? ''
  const kind = operation.operation === 'mutation' ? 'Mutation' : 'Query'
  const whole = [operation, ...document.definitions.filter((part) => isUsed(part, operation, document))]
  const cost = requestedCost(schema, document, operation, {})
  const types = `${name}${kind}, ${name}${kind}Variables`
  return `export const ${name}: Operation<${types}> = {
  name: '${name}',
  kind: '${operation.operation}',
  cost: ${cost},
  text: ${JSON.stringify(whole.map((part) => print(part)).join('\n'))},
}`
}

function isUsed(
  part: DocumentNode['definitions'][number],
  within: DocumentNode['definitions'][number],
  document: DocumentNode,
): boolean {
  if (part.kind !== 'FragmentDefinition') return false
  const spread = new RegExp(`\\.\\.\\.\\s*${part.name.value}\\b`)
  if (spread.test(print(within))) return true
  return document.definitions.some(
    (other) =>
      other !== part &&
      other.kind === 'FragmentDefinition' &&
      spread.test(print(other)) &&
      isUsed(other, within, document),
  )
}

async function generate(file: string): Promise<string> {
  const document = parse(readFileSync(new URL(`operations/${file}`, ROOM), 'utf8'))
  const constants = operationsOf(document).map((operation) => constantOf(operation, document))
  const types = (await typesOf(document, file)).replaceAll(/[ \t]+$/gm, '').trim()
  return `// Made by scripts/shopify-types.ts from operations/${file}: do not edit.
import type { Operation } from '../client/operation.ts'

${types}

${constants.join('\n\n')}
`
}

mkdirSync(new URL('generated/', ROOM), { recursive: true })
let stale = 0
for (const file of readdirSync(new URL('operations/', ROOM)).filter((name) => name.endsWith('.graphql'))) {
  const target = new URL(`generated/${file.replace('.graphql', '.ts')}`, ROOM)
  const made = await generate(file)
  if (!isCheck) {
    writeFileSync(target, made)
  } else if (readFileSync(target, 'utf8') !== made) {
    console.error(`${target.pathname} is not what scripts/shopify-types.ts makes of operations/${file}`)
    stale += 1
  }
}
process.exitCode = stale === 0 ? 0 : 1
