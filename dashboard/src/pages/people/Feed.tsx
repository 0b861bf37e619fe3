import { Button, Skeleton, Stack, Text, ThemeIcon } from '@mantine/core'
import {
  IconArrowBackUp,
  IconClockX,
  IconListCheck,
  IconMailCheck,
  IconMailOpened,
  IconMailX,
  IconPointer,
  IconShieldCheck,
  IconShoppingCartCheck,
  IconTicket,
} from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { FeedItem } from '../../../../contract/people.ts'
import { feedPages } from '../../api/people.ts'
import { formatMoney } from '../../lib/format.ts'
import { Code, Moment } from '../../parts/figures.tsx'
import { TextLink } from '../../parts/links.tsx'
import { ErrorNotice } from '../../parts/notices.tsx'
import { PATHS } from '../../paths.ts'

type Look = { icon: ReactNode; color: string; title: (item: FeedItem) => ReactNode }

const couponOf = ({ couponId, couponName }: FeedItem) =>
  couponId ? (
    <TextLink to={PATHS.coupon} params={{ couponId }} inherit>
      {couponName ?? 'a coupon'}
    </TextLink>
  ) : (
    (couponName ?? 'a coupon')
  )
const campaignOf = ({ campaignId, campaignName }: FeedItem) =>
  campaignId ? (
    <>
      {' '}
      of the campaign{' '}
      <TextLink to={PATHS.campaign} params={{ campaignId }} inherit>
        {campaignName ?? 'without a name'}
      </TextLink>
    </>
  ) : null
const MEDIUM_TEXT = { email: 'an email', sms: 'a text message' }
const mediumOf = ({ medium }: FeedItem) => MEDIUM_TEXT[medium ?? 'email']
const messageOf = (item: FeedItem) =>
  item.messageId ? (
    <TextLink to={PATHS.message} params={{ messageId: item.messageId }} inherit>
      {mediumOf(item)}
    </TextLink>
  ) : (
    mediumOf(item)
  )
const moneyOf = (minor: number | null, currency: string | null) =>
  minor === null || currency === null ? 'an unknown amount' : formatMoney(minor, currency)
const textOf = (item: FeedItem, key: string) => {
  const value = item.properties[key]
  return typeof value === 'string' ? value : null
}
const ICON = { size: 16, 'aria-hidden': true } as const

const LOOKS: Record<FeedItem['metric'], Look> = {
  code_assigned: {
    icon: <IconTicket {...ICON} />,
    color: 'honey',
    title: (item) => <>Was assigned a code of {couponOf(item)}</>,
  },
  message_sent: {
    icon: <IconMailCheck {...ICON} />,
    color: 'pine',
    title: (item) => (
      <>
        Was sent {messageOf(item)}
        {campaignOf(item)}
      </>
    ),
  },
  message_rejected: {
    icon: <IconMailX {...ICON} />,
    color: 'red',
    title: (item) => (
      <>
        {item.medium === 'sms' ? 'A text message' : 'An email'}
        {campaignOf(item)} was rejected{textOf(item, 'reason') && `: ${textOf(item, 'reason')}`}
      </>
    ),
  },
  message_opened: {
    icon: <IconMailOpened {...ICON} />,
    color: 'pine',
    title: (item) => (
      <>
        Opened {messageOf(item)}
        {campaignOf(item)}
      </>
    ),
  },
  message_clicked: {
    icon: <IconPointer {...ICON} />,
    color: 'pine',
    title: (item) => (
      <>
        Followed a link in {messageOf(item)}
        {campaignOf(item)}
      </>
    ),
  },
  code_redeemed: {
    icon: <IconShoppingCartCheck {...ICON} />,
    color: 'indigo',
    title: (item) => (
      <>
        Redeemed a code of {couponOf(item)} in order {item.orderId ?? '–'}: {moneyOf(item.subtotalMinor, item.currency)}
        , {moneyOf(item.discountMinor, item.currency)} off
      </>
    ),
  },
  redemption_rolled_back: {
    icon: <IconArrowBackUp {...ICON} />,
    color: 'orange',
    title: (item) => (
      <>
        The redemption of {couponOf(item)} in order {item.orderId ?? '–'} was rolled back
      </>
    ),
  },
  code_expired: {
    icon: <IconClockX {...ICON} />,
    color: 'gray',
    title: (item) => <>A code of {couponOf(item)} expired unused</>,
  },
  joined_list: {
    icon: <IconListCheck {...ICON} />,
    color: 'pine',
    title: (item) => <>Joined the list {textOf(item, 'listName') ?? textOf(item, 'list') ?? ''}</>,
  },
  consent_changed: {
    icon: <IconShieldCheck {...ICON} />,
    color: 'gray',
    title: (item) => (
      <>
        Consent for {textOf(item, 'channel') ?? 'email'} changed
        {textOf(item, 'to') && ` to “${textOf(item, 'to')?.replaceAll('_', ' ')}”`}
      </>
    ),
  },
}

/** What happened to a person, newest first, each as a sentence. */
export function Feed({ profileId }: { profileId: string }) {
  const query = useInfiniteQuery(feedPages(profileId))
  const items = query.data?.pages.flatMap((page) => page.items) ?? []
  if (query.isPending) return <Skeleton h={160} aria-label="Loading" role="status" />
  if (query.isError && items.length === 0)
    return <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
  if (items.length === 0)
    return (
      <Text size="sm" c="dimmed">
        Nothing happened yet. Codes, messages and orders of this person show here.
      </Text>
    )
  return (
    <Stack align="flex-start">
      <ol className="oc-feed" aria-label="Activity">
        {items.map((item) => (
          <FeedEntry key={item.id} item={item} />
        ))}
      </ol>
      {query.hasNextPage && (
        <Button
          size="xs"
          variant="default"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          Load more
        </Button>
      )}
    </Stack>
  )
}

function FeedEntry({ item }: { item: FeedItem }) {
  const look = LOOKS[item.metric]
  return (
    <li>
      <ThemeIcon size={28} radius="xl" variant="light" color={look.color} aria-hidden>
        {look.icon}
      </ThemeIcon>
      <div>
        <Text size="sm" fw={550} className="oc-wrap">
          {look.title(item)}
        </Text>
        {item.code && (
          <div style={{ marginBlock: 4 }}>
            <Code code={item.code} />
          </div>
        )}
        <Text size="xs" c="dimmed">
          <Moment at={item.at} zone />
        </Text>
      </div>
    </li>
  )
}
