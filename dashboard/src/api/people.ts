import { queryOptions } from '@tanstack/react-query'
import type { RowError } from '../../../contract/codes.ts'
import type { Page } from '../../../contract/common.ts'
import type { FeedItem, List, PeopleImport, Profile, ProfileDetail } from '../../../contract/people.ts'
import { get } from './api.ts'
import { PROGRESS_INTERVAL_MS } from './coupons.ts'
import { MENU_LIMIT, pagesOf } from './pages.ts'

export const profilePages = (search?: string) => pagesOf<Profile>(['profiles'], '/v1/profiles', { search })
export const profileSearchQuery = (search: string) =>
  queryOptions({
    queryKey: ['profiles', 'menu', search],
    queryFn: ({ signal }) => get<Page<Profile>>('/v1/profiles', { search, limit: 10 }, signal),
  })
export const profileQuery = (profileId: string) =>
  queryOptions({
    queryKey: ['profiles', profileId],
    queryFn: ({ signal }) => get<ProfileDetail>(`/v1/profiles/${profileId}`, {}, signal),
  })
export const feedPages = (profileId: string) =>
  pagesOf<FeedItem>(['profiles', profileId, 'feed'], `/v1/profiles/${profileId}/feed`)

export const listPages = () => pagesOf<List>(['lists'], '/v1/lists')
export const listMenuQuery = queryOptions({
  queryKey: ['lists', 'menu'],
  queryFn: ({ signal }) => get<Page<List>>('/v1/lists', { limit: MENU_LIMIT }, signal),
})
export const listQuery = (listId: string) =>
  queryOptions({
    queryKey: ['lists', listId],
    queryFn: ({ signal }) => get<List>(`/v1/lists/${listId}`, {}, signal),
  })
export const memberPages = (listId: string, search?: string) =>
  pagesOf<Profile>(['lists', listId, 'members'], `/v1/lists/${listId}/members`, { search })

export const importQuery = (importId: string) =>
  queryOptions({
    queryKey: ['imports', importId],
    queryFn: ({ signal }) => get<PeopleImport>(`/v1/imports/${importId}`, {}, signal),
    refetchInterval: (query) =>
      query.state.data && query.state.data.state !== 'running' ? false : PROGRESS_INTERVAL_MS,
  })
export const importErrorPages = (importId: string) =>
  pagesOf<RowError>(['imports', importId, 'errors'], `/v1/imports/${importId}/errors`)
