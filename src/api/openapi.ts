import swagger, { type SwaggerTransformObject } from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { jsonSchemaTransform } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { errorReply } from '../../contract/common.ts'
import type { ApiApp } from './route.ts'

const DESCRIPTION = `A discount code of their own for every customer.

Send an API key as \`Authorization: Bearer oc_…\`. Lists come in pages: pass \`next\` back as \`cursor\`. Errors are
\`{ error: { code, message, data } }\`; branch on \`code\`. Send an \`Idempotency-Key\` with a POST that creates something, and
it can be repeated without being done twice.`

const IDEMPOTENCY_HEADER = {
  type: 'object',
  properties: {
    'Idempotency-Key': {
      type: 'string',
      minLength: 1,
      maxLength: 255,
      description: 'Any text of your own that names this request. A repeat within 24 hours gets the first reply.',
    },
  },
}

/** OpenAPI 3.1 at /v1/openapi.json and a page to read it at /docs, both made from the schemas of the routes. */
export async function describeApi(app: ApiApp, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Onecode API', version, description: DESCRIPTION },
      components: {
        securitySchemes: {
          apiKey: { type: 'http', scheme: 'bearer', description: 'An API key: oc_…' },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: 'onecode.session_token',
            description: 'A person who signed in',
          },
        },
      },
    },
    transform: describeRoute,
    transformObject: addErrorReply,
  })
  await app.register(async (docs) => {
    docs.addHook('onRoute', (route) => {
      route.config = { ...route.config, scope: 'public', rateLimit: false }
    })
    await docs.register(swaggerUi, {
      routePrefix: '/docs',
      staticCSP: PAGE_POLICY,
      uiConfig: { url: '/v1/openapi.json' },
    })
  })
  app.get(
    '/v1/openapi.json',
    { config: { scope: 'public' }, schema: { hide: true } },
    // As text: the document holds no date or number that a schema would have to write.
    async (_request, reply) => await reply.type('application/json; charset=utf-8').send(JSON.stringify(app.swagger())),
  )
}

/** The page sets styles by itself and loads only from here. */
const PAGE_POLICY = {
  'default-src': ["'self'"],
  'base-uri': ["'none'"],
  'frame-ancestors': ["'none'"],
  'img-src': ["'self'", 'data:'],
  'object-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'", "'unsafe-inline'"],
}

type Transform = typeof jsonSchemaTransform

/** Adds to a route's schemas what its config says: who may call it, and whether it takes an Idempotency-Key. */
const describeRoute: Transform = (document) => {
  const { schema, url } = jsonSchemaTransform(document)
  const { route } = document as { route?: { config?: { scope?: string; idempotent?: boolean } } }
  if (!schema || schema.hide || !route?.config) return { schema, url }
  const { scope, idempotent } = route.config
  const isPublic = scope === 'public'
  const described = {
    ...schema,
    description: [schema.description, isPublic ? '' : `Scope: \`${scope}\`.`].filter(Boolean).join('\n\n'),
    security: isPublic ? [] : [{ apiKey: [] }, { session: [] }],
    ...(idempotent ? { headers: IDEMPOTENCY_HEADER } : {}),
  }
  return { schema: described as typeof schema, url }
}

type Paths = Record<string, Record<string, { responses?: object }>>

/** Every operation answers errors in one shape. */
const addErrorReply: SwaggerTransformObject = (input) => {
  if (!('openapiObject' in input)) throw new Error('the document is OpenAPI, not Swagger 2')
  const document = input.openapiObject
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } }
  for (const operation of Object.values(document.paths as Paths).flatMap((path) => Object.values(path))) {
    operation.responses = { ...operation.responses, default: { description: 'An error', content } }
  }
  const { $schema: _, ...error } = z.toJSONSchema(errorReply)
  return { ...document, components: { ...document.components, schemas: { Error: error } } } as typeof document
}
