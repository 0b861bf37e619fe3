import { Alert, Anchor, Button, Grid, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle, IconCalendarTime, IconCircleCheck, IconInfoCircle, IconSend } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { Campaign, CampaignReview } from '../../../../contract/campaigns.ts'
import { useRole, useTimeZone } from '../../api/account.ts'
import { post } from '../../api/api.ts'
import { reviewQuery } from '../../api/messages.ts'
import { useAction } from '../../api/use-action.ts'
import { formatMomentWithZone, plural } from '../../lib/format.ts'
import { describeWhen } from '../../lib/when-values.ts'
import { askToConfirm } from '../../parts/confirm.tsx'
import { Loaded } from '../../parts/Loaded.tsx'
import { TextLink } from '../../parts/links.tsx'
import { PATHS } from '../../paths.ts'
import { CodesNeeded } from './CodesNeeded.tsx'
import { MessageBox, Recipients, WhenBox } from './ReviewParts.tsx'
import type { Step } from './steps.tsx'

type Props = { campaign: Campaign; onStep: (step: Step) => void }

/** Everything that one should know before a campaign goes out. */
export function Review({ campaign, onStep }: Props) {
  const query = useQuery(reviewQuery(campaign.id))
  return (
    <Loaded query={query}>
      {(review) => (
        <Grid gap="lg">
          <Grid.Col span={{ base: 12, md: 7 }}>
            <Stack gap="lg">
              <Recipients campaign={campaign} review={review} />
              <CodesNeeded campaignId={campaign.id} coupons={review.coupons} />
            </Stack>
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 5 }}>
            <Stack gap="lg">
              <SendBox campaign={campaign} review={review} onStep={onStep} />
              <WhenBox campaign={campaign} review={review} />
              <MessageBox campaign={campaign} review={review} />
            </Stack>
          </Grid.Col>
        </Grid>
      )}
    </Loaded>
  )
}

function SendBox({ campaign, review, onStep }: Props & { review: CampaignReview }) {
  const { canWrite } = useRole()
  const isNow = campaign.when.kind === 'now'
  const ready = review.problems.length === 0
  const schedule = useAction({
    run: () => post<Campaign>(`/v1/campaigns/${campaign.id}/schedule`),
    refreshes: ['campaigns', 'coupons'],
  })
  const question = useQuestion(campaign, review)
  return (
    <Paper p="lg">
      <Title order={2} mb="md">
        {ready ? (isNow ? 'Ready to send' : 'Ready to schedule') : 'Not ready yet'}
      </Title>
      <Stack gap="md">
        {review.problems.map(({ code, message }) => (
          <Alert key={`${code} ${message}`} color="honey" icon={<IconAlertTriangle />}>
            <Text size="sm">{message}</Text>
            <ProblemLink code={code} campaign={campaign} onStep={onStep} />
          </Alert>
        ))}
        {review.notices.map(({ code, message }) => (
          <Alert key={`${code} ${message}`} color="cyan" icon={<IconInfoCircle />}>
            <Text size="sm">{message}</Text>
            <ProblemLink code={code} campaign={campaign} onStep={onStep} />
          </Alert>
        ))}
        {ready && (
          <Group gap="xs" wrap="nowrap">
            <IconCircleCheck size={20} color="var(--mantine-color-pine-6)" aria-hidden />
            <Text size="sm">Recipients, codes, template and sender are all right.</Text>
          </Group>
        )}
        {canWrite && (
          <Button
            size="md"
            disabled={!ready}
            loading={schedule.isPending}
            leftSection={isNow ? <IconSend size={18} aria-hidden /> : <IconCalendarTime size={18} aria-hidden />}
            onClick={() => askToConfirm({ ...question, onConfirm: () => schedule.mutate() })}
          >
            {isNow ? 'Send now' : 'Schedule'}
          </Button>
        )}
      </Stack>
    </Paper>
  )
}

function useQuestion(campaign: Campaign, review: CampaignReview) {
  const timeZone = useTimeZone()
  const isNow = campaign.when.kind === 'now'
  const codes = review.coupons.reduce((sum, { needed }) => sum + needed, 0)
  const people = plural(review.recipients, 'person', 'people')
  const isSms = campaign.channel === 'sms'
  return {
    title: isNow ? `Send to ${people}?` : `Schedule for ${people}?`,
    confirm: isNow ? `Send ${plural(review.recipients, isSms ? 'text' : 'email')}` : 'Schedule the campaign',
    body: (
      <Stack gap={6}>
        <Text size="sm">
          {describeWhen(campaign.when, timeZone)}
          {review.endsAt !== review.startsAt && `, the last one ${formatMomentWithZone(review.endsAt, timeZone)}`}.
        </Text>
        <Text size="sm">
          {codes > 0 && `${plural(codes, 'code is', 'codes are')} reserved for it at once. `}
          {isNow
            ? `${isSms ? 'A text' : 'An email'} that is out cannot be called back.`
            : 'Until then you can change the time or unschedule it.'}
        </Text>
        {review.channel === 'outbox' && (
          <Text size="sm" c="dimmed">
            {isSms ? 'Texts' : 'Emails'} go to the outbox: nothing leaves this server.
          </Text>
        )}
      </Stack>
    ),
  }
}

/** Where a problem can be solved. */
function ProblemLink({ code, campaign, onStep }: Props & { code: string }) {
  const toStep = (step: Step, text: string) => (
    <Anchor component="button" type="button" size="sm" onClick={() => onStep(step)}>
      {text}
    </Anchor>
  )
  if (/^sender_(domain|freemail)/.test(code))
    return (
      <TextLink to={PATHS.settings} search={{ tab: 'domain' }} size="sm">
        Open the sending domain
      </TextLink>
    )
  if (/sender|^postal|^stop/.test(code)) {
    const tab = code.startsWith('stop') ? 'suppression' : campaign.channel === 'sms' ? 'senders' : undefined
    return (
      <TextLink to={PATHS.settings} search={tab ? { tab } : {}} size="sm">
        Open the settings
      </TextLink>
    )
  }
  if (/^time/.test(code)) return toStep('when', 'Choose another time')
  if (/template|tag|coupon_not|unknown_coupon|unsubscribe/.test(code))
    return (
      <TextLink to={PATHS.template} params={{ templateId: campaign.templateId }} size="sm">
        Open the template
      </TextLink>
    )
  return /recipient|list|empty/.test(code) ? toStep('audience', 'Change the audience') : null
}
