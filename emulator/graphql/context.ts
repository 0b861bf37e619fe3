import type { ImportWorker } from '../discounts/import-worker.ts'
import type { AccessToken } from '../shop/app.ts'
import type { Shop } from '../shop/shop.ts'

/** A filter that a search does not know: the API leaves it out and says so beside the data. */
interface SearchNote {
  path: (string | number)[]
  query: string
  parsed: { field: string; match_all: string }
  warnings: { field: string; message: string; code: 'invalid_field' }[]
}

/** What resolvers of one request share. */
export interface Context {
  shop: Shop
  worker: ImportWorker
  token: AccessToken
  searchNotes: SearchNote[]
}

/** A field of the root: its arguments are checked against the schema before it runs. */
type RootField = (args: Record<string, never>, context: Context, info: { path: { key: string | number } }) => unknown

export type RootFields = Record<string, RootField>
