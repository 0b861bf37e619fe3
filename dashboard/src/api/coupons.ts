import { queryOptions } from '@tanstack/react-query'
import type { Code, CodeJob, RowError } from '../../../contract/codes.ts'
import type { Page } from '../../../contract/common.ts'
import type { Coupon } from '../../../contract/coupons.ts'
import type { CouponReport } from '../../../contract/reports.ts'
import { get } from './api.ts'
import { MENU_LIMIT, pagesOf } from './pages.ts'
import type { TermsVersion } from './types.ts'

/** How often a page looks again while work is under way. */
export const PROGRESS_INTERVAL_MS = 1000

export const isUnderWay = (job: CodeJob): boolean => job.state === 'queued' || job.state === 'running'

export const couponPages = (filter: { search?: string | undefined; archived?: string | undefined }) =>
  pagesOf<Coupon>(['coupons'], '/v1/coupons', filter)
export const couponMenuQuery = queryOptions({
  queryKey: ['coupons', 'menu'],
  queryFn: ({ signal }) => get<Page<Coupon>>('/v1/coupons', { limit: MENU_LIMIT }, signal),
})
export const couponQuery = (couponId: string) =>
  queryOptions({
    queryKey: ['coupons', couponId],
    queryFn: ({ signal }) => get<Coupon>(`/v1/coupons/${couponId}`, {}, signal),
  })
export const versionsQuery = (couponId: string) =>
  queryOptions({
    queryKey: ['coupons', couponId, 'versions'],
    queryFn: ({ signal }) => get<TermsVersion[]>(`/v1/coupons/${couponId}/versions`, {}, signal),
  })
export const codePages = (couponId: string, filter: { state?: string | undefined; search?: string | undefined }) =>
  pagesOf<Code>(['coupons', couponId, 'codes'], `/v1/coupons/${couponId}/codes`, filter)
export const couponReportQuery = (couponId: string) =>
  queryOptions({
    queryKey: ['coupons', couponId, 'report'],
    queryFn: ({ signal }) => get<CouponReport>(`/v1/reports/coupons/${couponId}`, {}, signal),
  })

/** The latest jobs of a coupon, newest first; looks again while one is under way. */
export const codeJobsQuery = (couponId: string) =>
  queryOptions({
    queryKey: ['code-jobs', 'of', couponId],
    queryFn: ({ signal }) => get<CodeJob[]>(`/v1/coupons/${couponId}/code-jobs`, {}, signal),
    refetchInterval: (query) => (query.state.data?.some(isUnderWay) ? PROGRESS_INTERVAL_MS : false),
  })
export const codeJobErrorPages = (jobId: string) =>
  pagesOf<RowError>(['code-jobs', jobId, 'errors'], `/v1/code-jobs/${jobId}/errors`)
