import { queryOptions } from '@tanstack/react-query'
import type { SendingDomain } from '../../../contract/domains.ts'
import type { Senders } from '../../../contract/senders.ts'
import type { Suppression } from '../../../contract/suppressions.ts'
import { get } from './api.ts'
import { pagesOf } from './pages.ts'

export const sendersQuery = queryOptions({
  queryKey: ['senders'],
  queryFn: ({ signal }) => get<Senders>('/v1/senders', {}, signal),
})

export const sendingDomainQuery = queryOptions({
  queryKey: ['senders', 'domain'],
  queryFn: ({ signal }) => get<SendingDomain>('/v1/sending-domain', {}, signal),
})

export type SuppressionFilter = { search?: string | undefined; reason?: string | undefined }
export const suppressionPages = (filter: SuppressionFilter) =>
  pagesOf<Suppression>(['suppressions'], '/v1/suppressions', filter)
