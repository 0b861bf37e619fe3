import { queryOptions } from '@tanstack/react-query'
import type { Campaign, CampaignReview } from '../../../contract/campaigns.ts'
import type { Page } from '../../../contract/common.ts'
import type { Message, Preview, Template } from '../../../contract/messages.ts'
import type { TemplateReport } from '../../../contract/reports.ts'
import { get, post } from './api.ts'
import { PROGRESS_INTERVAL_MS } from './coupons.ts'
import { MENU_LIMIT, pagesOf } from './pages.ts'
import type { CampaignReport, MessageContent, PreviewBody, TemplateSummary } from './types.ts'

export const templatePages = () => pagesOf<TemplateSummary>(['templates'], '/v1/templates')
export const templateMenuQuery = queryOptions({
  queryKey: ['templates', 'menu'],
  queryFn: ({ signal }) => get<Page<TemplateSummary>>('/v1/templates', { limit: MENU_LIMIT }, signal),
})
export const templateQuery = (templateId: string) =>
  queryOptions({
    queryKey: ['templates', templateId],
    queryFn: ({ signal }) => get<Template>(`/v1/templates/${templateId}`, {}, signal),
  })
export const templateReportQuery = (templateId: string) =>
  queryOptions({
    queryKey: ['templates', templateId, 'report'],
    queryFn: ({ signal }) => get<TemplateReport>(`/v1/reports/templates/${templateId}`, {}, signal),
  })
export const previewQuery = (body: PreviewBody) =>
  queryOptions({
    queryKey: ['template-preview', body],
    queryFn: () => post<Preview>('/v1/templates/preview', body),
    retry: false,
    gcTime: 10_000,
  })

/** How often a page looks again at a campaign that waits: for its time, or for people's turn. */
const WAITING_INTERVAL_MS = 5000
/** And at one about whose lost answers its provider is being asked. */
const ASKED_INTERVAL_MS = 15_000

export const isMoving = ({ state }: Campaign): boolean => state === 'preparing' || state === 'sending'

export const campaignPages = () => pagesOf<Campaign>(['campaigns'], '/v1/campaigns')
export const campaignQuery = (campaignId: string) =>
  queryOptions({
    queryKey: ['campaigns', campaignId],
    queryFn: ({ signal }) => get<Campaign>(`/v1/campaigns/${campaignId}`, {}, signal),
    refetchInterval: ({ state: { data } }) => {
      if (data?.state === 'scheduled') return WAITING_INTERVAL_MS
      if (data && isMoving(data)) return PROGRESS_INTERVAL_MS
      return data && data.counts.asked > 0 ? ASKED_INTERVAL_MS : false
    },
  })
export const reviewQuery = (campaignId: string) =>
  queryOptions({
    queryKey: ['campaigns', campaignId, 'review'],
    queryFn: ({ signal }) => get<CampaignReview>(`/v1/campaigns/${campaignId}/review`, {}, signal),
  })
export const campaignReportQuery = (campaignId: string) =>
  queryOptions({
    queryKey: ['campaigns', campaignId, 'report'],
    queryFn: ({ signal }) => get<CampaignReport>(`/v1/reports/campaigns/${campaignId}`, {}, signal),
  })

export type MessageFilter = {
  search?: string | undefined
  state?: string | undefined
  reason?: string | undefined
  campaignId?: string | undefined
  profileId?: string | undefined
}
export const messagePages = (filter: MessageFilter) => pagesOf<Message>(['messages'], '/v1/messages', filter)
export const messageQuery = (messageId: string) =>
  queryOptions({
    queryKey: ['messages', messageId],
    queryFn: ({ signal }) => get<Message>(`/v1/messages/${messageId}`, {}, signal),
  })
/** Asks again until the message has an end. */
export const testMessageQuery = (messageId: string) =>
  queryOptions({
    ...messageQuery(messageId),
    refetchInterval: (query) =>
      query.state.data && !['planned', 'ready', 'sending'].includes(query.state.data.state) ? false : 1000,
  })
export const messageContentQuery = (messageId: string) =>
  queryOptions({
    queryKey: ['messages', messageId, 'content'],
    queryFn: ({ signal }) => get<MessageContent | null>(`/v1/messages/${messageId}/content`, {}, signal),
    retry: false,
  })
