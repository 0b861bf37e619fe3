import { infiniteQueryOptions } from '@tanstack/react-query'
import type { Page } from '../../../contract/common.ts'
import { get } from './api.ts'

type Filter = Record<string, string | number | null | undefined>

/** A list that is read page by page with cursors. `key` names the resource first, so that a change can refresh all of it. */
export function pagesOf<T>(key: readonly string[], path: string, filter: Filter = {}) {
  return infiniteQueryOptions({
    queryKey: [...key, 'pages', filter] as const,
    queryFn: ({ pageParam, signal }) => get<Page<T>>(path, { ...filter, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
  })
}
export type PagesOptions<T> = ReturnType<typeof pagesOf<T>>

/** The most that one page can hold: for menus to choose from. */
export const MENU_LIMIT = 200
