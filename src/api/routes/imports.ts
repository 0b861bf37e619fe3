import { Readable } from 'node:stream'
import { rowError } from '../../../contract/codes.ts'
import { idParams, pageOf, pageQuery } from '../../../contract/common.ts'
import { importQuery, MAX_FILE_BYTES, peopleImport } from '../../../contract/people.ts'
import { AppError } from '../../errors.ts'
import { importPeople, listImportErrors, requireImport } from '../../profiles/import.ts'
import type { ApiApp, ApiDeps } from '../route.ts'

export function registerImportRoutes(app: ApiApp, { db, now }: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/lists/:id/import',
    bodyLimit: MAX_FILE_BYTES,
    config: { scope: 'profiles:write' },
    schema: { params: idParams, querystring: importQuery, response: { 200: peopleImport } },
    handler: async (request) => {
      const source: unknown = request.body
      if (!(source instanceof Readable)) {
        throw new AppError('unsupported_media_type', 'Send the file itself with the header Content-Type: text/csv.')
      }
      const { accountId } = request.caller
      try {
        return await importPeople(db, { accountId, listId: request.params.id, ...request.query, source, now: now() })
      } finally {
        source.resume() // the rest of a refused file is read and dropped, else its connection would stay open for ever
      }
    },
  })
  app.route({
    method: 'GET',
    url: '/v1/imports/:id',
    config: { scope: 'profiles:read' },
    schema: { params: idParams, response: { 200: peopleImport } },
    handler: (request) => requireImport(db, { accountId: request.caller.accountId, importId: request.params.id }),
  })
  app.route({
    method: 'GET',
    url: '/v1/imports/:id/errors',
    config: { scope: 'profiles:read' },
    schema: { params: idParams, querystring: pageQuery, response: { 200: pageOf(rowError) } },
    handler: (request) =>
      listImportErrors(db, { accountId: request.caller.accountId, importId: request.params.id, ...request.query }),
  })
}
