import { Alert, Button, Grid, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconSend } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { Campaign, CampaignReview } from '../../../../contract/messages.ts'
import { useRole } from '../../api/account.ts'
import { post } from '../../api/api.ts'
import { reviewQuery, templateQuery } from '../../api/messages.ts'
import { useAction } from '../../api/use-action.ts'
import { formatCount, plural } from '../../lib/format.ts'
import { askToConfirm } from '../../parts/confirm.tsx'
import { Definitions } from '../../parts/Definitions.tsx'
import { Loaded } from '../../parts/Loaded.tsx'
import { TextLink } from '../../parts/links.tsx'
import { PATHS } from '../../paths.ts'
import { CodesNeeded } from './CodesNeeded.tsx'

/** Everything that one should know before a campaign goes out. */
export function Review({ campaign }: { campaign: Campaign }) {
  const query = useQuery(reviewQuery(campaign.id))
  return (
    <Loaded query={query}>
      {(review) => (
        <Grid gap="lg">
          <Grid.Col span={{ base: 12, md: 7 }}>
            <Stack gap="lg">
              <Recipients review={review} />
              <CodesNeeded coupons={review.coupons} />
            </Stack>
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 5 }}>
            <Stack gap="lg">
              <SendBox campaign={campaign} review={review} />
              <MessageBox campaign={campaign} review={review} />
            </Stack>
          </Grid.Col>
        </Grid>
      )}
    </Loaded>
  )
}

const SKIP_TEXT: Record<CampaignReview['skipped'][number]['reason'], string> = {
  no_email: 'have no email address',
  no_phone: 'have no phone number',
  not_subscribed: 'did not agree to get it',
}

function Recipients({ review }: { review: CampaignReview }) {
  return (
    <Paper p="lg">
      <Title order={2} mb={4}>
        Recipients
      </Title>
      <Text fz="2rem" fw={650} className="oc-figure" lh={1.2}>
        {formatCount(review.recipients)}
      </Text>
      {review.skipped.length === 0 ? (
        <Text size="sm" c="dimmed">
          Everybody on the list gets it.
        </Text>
      ) : (
        <Stack gap={2} mt={4}>
          <Text size="sm" c="dimmed">
            Members of the list who do not get it:
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

function SendBox({ campaign, review }: { campaign: Campaign; review: CampaignReview }) {
  const { canWrite } = useRole()
  const send = useAction({
    run: () => post<Campaign>(`/v1/campaigns/${campaign.id}/send`),
    refreshes: ['campaigns', 'coupons'],
  })
  const ready = review.problems.length === 0
  const codes = review.coupons.reduce((sum, { needed }) => sum + needed, 0)
  const ask = () =>
    askToConfirm({
      title: `Send to ${plural(review.recipients, 'person', 'people')}?`,
      body: (
        <Stack gap={6}>
          <Text size="sm">
            {plural(review.recipients, 'email goes', 'emails go')} out
            {codes > 0 && `, and ${plural(codes, 'code is', 'codes are')} given to people`}. An email that is out cannot
            be called back.
          </Text>
          {review.channel === 'outbox' && (
            <Text size="sm" c="dimmed">
              The outbox is set up as the mail provider: nothing leaves this server.
            </Text>
          )}
        </Stack>
      ),
      confirm: `Send ${plural(review.recipients, 'email')}`,
      onConfirm: () => send.mutate(),
    })
  return (
    <Paper p="lg">
      <Title order={2} mb="md">
        {ready ? 'Ready to send' : 'Not ready yet'}
      </Title>
      <Stack gap="md">
        {review.problems.map(({ code, message }) => (
          <Alert key={`${code} ${message}`} color="honey" icon={<IconAlertTriangle />}>
            <Text size="sm">{message}</Text>
            <ProblemLink code={code} campaign={campaign} />
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
            disabled={!ready || review.recipients === 0}
            loading={send.isPending}
            leftSection={<IconSend size={18} aria-hidden />}
            onClick={ask}
          >
            Send now
          </Button>
        )}
      </Stack>
    </Paper>
  )
}

/** Where a problem can be solved. */
function ProblemLink({ code, campaign }: { code: string; campaign: Campaign }) {
  if (/sender|postal|address/.test(code))
    return (
      <TextLink to={PATHS.settings} size="sm">
        Open the settings
      </TextLink>
    )
  if (/template|tag|coupon_not|unknown_coupon|unsubscribe/.test(code))
    return (
      <TextLink to={PATHS.template} params={{ templateId: campaign.templateId }} size="sm">
        Open the template
      </TextLink>
    )
  if (/recipient|list|empty/.test(code))
    return (
      <TextLink to={PATHS.list} params={{ listId: campaign.listId }} size="sm">
        Open the list
      </TextLink>
    )
  return null
}

function MessageBox({ campaign, review }: { campaign: Campaign; review: CampaignReview }) {
  const { data } = useQuery(templateQuery(campaign.templateId))
  return (
    <Paper p="lg">
      <Title order={2} mb="md">
        Message
      </Title>
      <Definitions
        items={[
          ['From', review.sender ?? 'no sender set'],
          ['Subject', data?.subject ?? '…'],
          ['Preview text', data?.previewText || '–'],
          [
            'Template',
            <TextLink key="template" to={PATHS.template} params={{ templateId: campaign.templateId }}>
              {campaign.templateName}
            </TextLink>,
          ],
          ['Goes through', review.channel === 'outbox' ? 'the outbox (nothing leaves this server)' : 'SMTP'],
        ]}
      />
    </Paper>
  )
}
