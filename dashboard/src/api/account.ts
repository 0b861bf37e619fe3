import { queryOptions, useQuery } from '@tanstack/react-query'
import type { Account, ApiKey, Home, Session } from '../../../contract/account.ts'
import type { Page } from '../../../contract/common.ts'
import type { Store } from '../../../contract/coupons.ts'
import { browserTimeZone } from '../lib/zoned-time.ts'
import { get } from './api.ts'
import { MENU_LIMIT, pagesOf } from './pages.ts'
import type { AuditEntry, Redemption } from './types.ts'

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => get<Session>('/v1/session', {}, signal),
  staleTime: 60_000,
})
export const accountQuery = queryOptions({
  queryKey: ['account'],
  queryFn: ({ signal }) => get<Account>('/v1/account', {}, signal),
  staleTime: 60_000,
})
export const homeQuery = queryOptions({
  queryKey: ['home'],
  queryFn: ({ signal }) => get<Home>('/v1/home', {}, signal),
})
export const storesQuery = queryOptions({
  queryKey: ['stores'],
  queryFn: ({ signal }) => get<Page<Store>>('/v1/stores', { limit: MENU_LIMIT }, signal),
  staleTime: 60_000,
})
export const apiKeysQuery = queryOptions({
  queryKey: ['api-keys'],
  queryFn: ({ signal }) => get<Page<ApiKey>>('/v1/api-keys', { limit: MENU_LIMIT }, signal),
})
export const auditPages = () => pagesOf<AuditEntry>(['audit'], '/v1/audit')
export const redemptionPages = () => pagesOf<Redemption>(['redemptions'], '/v1/redemptions')

/** The zone in which the screens show moments: the account's; the browser's until the account is known. */
export function useTimeZone(): string {
  const { data } = useQuery({ ...accountQuery, retry: false })
  return data?.timeZone ?? browserTimeZone()
}

/** What the person at the screen may do; buttons that would be refused are not shown. */
export function useRole() {
  const { data } = useQuery(sessionQuery)
  const role = data?.account?.role ?? 'viewer'
  const canAdmin = role === 'owner' || role === 'admin'
  const canWrite = canAdmin || role === 'marketer'
  return {
    /** The account, its stores and API keys. */
    canAdmin,
    /** Coupons, templates and campaigns. */
    canWrite,
    /** People and lists; giving codes by hand. */
    canEditPeople: canWrite || role === 'support',
  }
}

/** Whether a Shopify shop is connected, or was: then its orders tell of the codes. False until it is known. */
export function useHasShop(): boolean {
  const { data } = useQuery({ ...storesQuery, retry: false })
  return data?.items.some(({ kind }) => kind === 'shopify') ?? false
}
