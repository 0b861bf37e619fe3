import { Paper, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Campaign, CampaignReview } from '../../../../contract/campaigns.ts'
import { useTimeZone } from '../../api/account.ts'
import { templateQuery } from '../../api/messages.ts'
import { formatCount } from '../../lib/format.ts'
import { describeWhen } from '../../lib/when-values.ts'
import { Definitions } from '../../parts/Definitions.tsx'
import { Moment } from '../../parts/figures.tsx'
import { TextLink } from '../../parts/links.tsx'
import { PATHS } from '../../paths.ts'
import { PROVIDER_NAME } from '../settings/senders/providers.ts'

type Props = { campaign: Campaign; review: CampaignReview }

const SKIP_TEXT: Record<CampaignReview['skipped'][number]['reason'], string> = {
  excluded: 'are on a list that is left out',
  no_email: 'have no email address',
  no_phone: 'have no phone number',
  not_subscribed: 'did not agree to get it',
  suppressed: 'have an address that is suppressed: it bounced, complained or was put on the list',
}

/** The lists of an audience as links. */
export function Audience({ audience }: { audience: Campaign['audience'] }) {
  const links = (sources: Campaign['audience']['include']) =>
    sources.map(({ id, name }, nth) => (
      <span key={id}>
        {nth > 0 && ', '}
        <TextLink to={PATHS.list} params={{ listId: id }}>
          {name}
        </TextLink>
      </span>
    ))
  return (
    <>
      {links(audience.include)}
      {audience.exclude.length > 0 && <> without {links(audience.exclude)}</>}
    </>
  )
}

export function Recipients({ campaign, review }: Props) {
  return (
    <Paper p="lg">
      <Title order={2} mb={4}>
        Recipients
      </Title>
      <Text fz="2rem" fw={650} className="oc-figure" lh={1.2}>
        {formatCount(review.recipients)}
      </Text>
      <Text size="sm" c="dimmed" className="oc-wrap">
        <Audience audience={campaign.audience} />
      </Text>
      {review.skipped.length === 0 ? (
        <Text size="sm" c="dimmed">
          Everybody there gets it, each person once.
        </Text>
      ) : (
        <Stack gap={2} mt="sm">
          <Text size="sm" c="dimmed">
            People there who do not get it:
          </Text>
          {review.skipped.map(({ reason, count }) => (
            <Text key={reason} size="sm">
              <Text span fw={600} size="sm" className="oc-figure">
                {formatCount(count)}
              </Text>{' '}
              {SKIP_TEXT[reason]}
            </Text>
          ))}
        </Stack>
      )}
    </Paper>
  )
}

export function WhenBox({ campaign, review }: Props) {
  const timeZone = useTimeZone()
  return (
    <Paper p="lg">
      <Title order={2} mb="md">
        When
      </Title>
      <Definitions
        items={[
          ['Sent', describeWhen(campaign.when, timeZone)],
          ...(review.startsAt === review.endsAt
            ? []
            : ([
                ['Starts', <Moment key="starts" at={review.startsAt} zone />],
                ['Last message', <Moment key="ends" at={review.endsAt} zone />],
              ] as [string, React.ReactNode][])),
          ['Without a code', campaign.holdWithoutCode ? 'people wait until codes are ready' : 'people are left out'],
        ]}
      />
    </Paper>
  )
}

function describeTest({ templateName, sharePercent, afterHours }: NonNullable<Campaign['ab']>): string {
  const rest = afterHours === null ? 'the rest when somebody picks' : `the rest after ${afterHours} h`
  return `against ${templateName} with ${sharePercent} %${sharePercent === 100 ? '' : `, ${rest}`}`
}

function nobodysName({ channel, problems }: CampaignReview): string {
  if (channel === 'outbox') return 'nobody yet'
  return problems.some(({ code }) => code === 'sender_missing') ? 'no sender set' : 'whom the service chooses'
}

export function MessageBox({ campaign, review }: Props) {
  const { data } = useQuery(templateQuery(campaign.templateId))
  return (
    <Paper p="lg">
      <Title order={2} mb="md">
        Message
      </Title>
      <Definitions
        items={[
          ['From', review.sender ?? nobodysName(review)],
          ...(campaign.channel === 'sms'
            ? ([['Text', data?.text ?? '…']] as [string, string][])
            : ([
                ['Subject', data?.subject ?? '…'],
                ['Preview text', data?.previewText || '–'],
              ] as [string, string][])),
          [
            'Template',
            <TextLink key="template" to={PATHS.template} params={{ templateId: campaign.templateId }}>
              {campaign.templateName}
            </TextLink>,
          ],
          ...(campaign.ab ? ([['Test', describeTest(campaign.ab)]] as [string, string][]) : []),
          [
            'Goes through',
            review.channel === 'outbox' ? 'the outbox (nothing leaves this server)' : PROVIDER_NAME[review.channel],
          ],
        ]}
      />
    </Paper>
  )
}
