import { Button, Skeleton, Stack, Text, ThemeIcon } from '@mantine/core'
import {
  IconArrowBackUp,
  IconClockX,
  IconListCheck,
  IconMailCheck,
  IconMailForward,
  IconMailOff,
  IconMailOpened,
  IconMailX,
  IconMoodSad,
  IconPointer,
  IconShieldCheck,
  IconShoppingCart,
  IconShoppingCartCheck,
  IconTicket,
  IconTicketOff,
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
/** The order with its money; of a use whose order nobody found there is neither. */
const orderOf = (item: FeedItem) =>
  item.orderId === null && item.orderName === null
    ? 'in an order that is not known.'
    : `in order ${item.orderName ?? item.orderId}: ${moneyOf(item.subtotalMinor, item.currency)}, ${moneyOf(item.discountMinor, item.currency)} off.`
const cartOf = ({ properties: { lines, total, currency, completedAt } }: FeedItem) => {
  const count = Array.isArray(lines) ? lines.length : 0
  const worth = typeof total === 'string' && typeof currency === 'string' ? `, ${total} ${currency}` : ''
  return `: ${count === 1 ? '1 item' : `${count} items`}${worth}${typeof completedAt === 'string' ? ', and ordered' : ''}`
}
const addressOf = (item: FeedItem) => (textOf(item, 'channel') === 'sms' ? 'phone number' : 'email address')
const SUPPRESSION_TEXT: Record<string, string> = { bounced: 'mail to it comes back', complained: 'marked as spam' }
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
        {item.isResent && ' once more, by hand'}
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
        {item.isRenewal
          ? 'Had an order renewed with a code'
          : item.isRepeated
            ? 'Used a code again'
            : 'Redeemed a code'}{' '}
        of {couponOf(item)} {orderOf(item)}
        {item.isCancelled && ' The order was cancelled.'}
        {!item.isCancelled &&
          (item.refundedMinor ?? 0) > 0 &&
          ` ${moneyOf(item.refundedMinor, item.currency)} refunded.`}
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
  code_withdrawn: {
    icon: <IconClockX {...ICON} />,
    color: 'honey',
    title: (item) => <>A code of {couponOf(item)} was taken back: the shop does not have it any more</>,
  },
  code_revoked: {
    icon: <IconTicketOff {...ICON} />,
    color: 'red',
    title: (item) => (
      <>
        A code of {couponOf(item)} was revoked{textOf(item, 'reason') && `: ${textOf(item, 'reason')}`}
      </>
    ),
  },
  joined_list: {
    icon: <IconListCheck {...ICON} />,
    color: 'pine',
    title: (item) => <>Joined the list {textOf(item, 'listName') ?? textOf(item, 'list') ?? ''}</>,
  },
  checkout_started: {
    icon: <IconShoppingCart {...ICON} />,
    color: 'cyan',
    title: (item) => <>Began a checkout{cartOf(item)}</>,
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
  suppressed: {
    icon: <IconMailOff {...ICON} />,
    color: 'red',
    title: (item) => (
      <>
        The {addressOf(item)} was suppressed: {SUPPRESSION_TEXT[textOf(item, 'reason') ?? ''] ?? 'by hand'}
        {textOf(item, 'detail') && ` (${textOf(item, 'detail')})`}
      </>
    ),
  },
  suppression_removed: {
    icon: <IconMailForward {...ICON} />,
    color: 'gray',
    title: (item) => <>The {addressOf(item)} may get messages again</>,
  },
  message_bounced: {
    icon: <IconMailX {...ICON} />,
    color: 'red',
    title: (item) => (
      <>
        A message{campaignOf(item)} came back{textOf(item, 'reason') && `: ${textOf(item, 'reason')}`}
      </>
    ),
  },
  message_complained: {
    icon: <IconMoodSad {...ICON} />,
    color: 'red',
    title: (item) => <>Marked a message{campaignOf(item)} as spam</>,
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
