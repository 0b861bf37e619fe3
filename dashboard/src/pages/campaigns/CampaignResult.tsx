import { Alert, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle, IconInbox, IconPlayerPause, IconPlayerPlay, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { Campaign } from '../../../../contract/campaigns.ts'
import { useRole } from '../../api/account.ts'
import { post } from '../../api/api.ts'
import { campaignReportQuery, isMoving } from '../../api/messages.ts'
import { useAction } from '../../api/use-action.ts'
import { formatCount, plural } from '../../lib/format.ts'
import { askToConfirm } from '../../parts/confirm.tsx'
import { COLORS, Moment, type Part, PartsBar } from '../../parts/figures.tsx'
import { Loaded } from '../../parts/Loaded.tsx'
import { ButtonLink } from '../../parts/links.tsx'
import { SpokenProgress } from '../../parts/SpokenProgress.tsx'
import { PATHS } from '../../paths.ts'
import { Feedback, Unknown } from './AfterSending.tsx'
import { CampaignOutcome } from './CampaignOutcome.tsx'
import { AddMissing } from './CodesNeeded.tsx'
import { TestResult } from './TestResult.tsx'

const REPORT_INTERVAL_MS = 3000

/** A campaign that was sent or is under way: how far it is, and what came of it. */
export function CampaignResult({ campaign }: { campaign: Campaign }) {
  const report = useQuery({
    ...campaignReportQuery(campaign.id),
    refetchInterval: isMoving(campaign) ? REPORT_INTERVAL_MS : false,
  })
  const { refetch } = report
  const { state } = campaign
  useEffect(() => {
    if (state !== 'sending') void refetch() // the last look was before the end
  }, [state, refetch])
  return (
    <Stack gap="lg">
      {campaign.pausedReason && (
        <Alert color="honey" icon={<IconAlertTriangle />} title="The campaign was paused" role="alert">
          {campaign.pausedReason}
        </Alert>
      )}
      {campaign.counts.waitingForCodes > 0 && <Waiting campaign={campaign} />}
      <Delivery campaign={campaign} />
      <Loaded query={report}>
        {(data) => (
          <>
            <TestResult campaign={campaign} report={data} />
            <CampaignOutcome report={data} channel={campaign.channel} />
          </>
        )}
      </Loaded>
    </Stack>
  )
}

const HEADLINE: Record<Campaign['state'], string> = {
  draft: 'Draft',
  scheduled: 'Scheduled',
  preparing: 'Getting ready',
  sending: 'Sending',
  paused: 'Paused',
  sent: 'Sent',
  cancelled: 'Cancelled',
}

function partsOf({ counts }: Campaign): Part[] {
  return [
    { label: 'sent', count: counts.sent, color: COLORS.available },
    { label: 'being sent', count: counts.sending, color: 'var(--mantine-color-cyan-5)' },
    { label: 'waiting', count: counts.planned + counts.ready - counts.waitingForCodes, color: 'var(--oc-rest)' },
    { label: 'waiting for codes', count: counts.waitingForCodes, color: COLORS.assigned },
    { label: 'deferred', count: counts.deferred, color: 'var(--mantine-color-honey-4)' },
    { label: 'rejected', count: counts.rejected, color: COLORS.failed },
    { label: 'unknown', count: counts.unknown, color: 'var(--mantine-color-orange-5)' },
    { label: 'skipped', count: counts.skipped, color: 'var(--mantine-color-gray-5)' },
    { label: 'cancelled', count: counts.cancelled, color: 'var(--mantine-color-gray-6)' },
  ].filter(({ label, count }) => count > 0 || label === 'sent')
}

function Delivery({ campaign }: { campaign: Campaign }) {
  const { counts } = campaign
  const settled = counts.sent + counts.rejected + counts.unknown + counts.cancelled
  return (
    <Paper p="lg">
      <Group justify="space-between" mb="md">
        <div>
          <Title order={2}>{HEADLINE[campaign.state]}</Title>
          <Text size="sm" c="dimmed" className="oc-figure">
            {formatCount(settled)} of {plural(counts.recipients, 'recipient')} done
          </Text>
        </div>
        <Controls campaign={campaign} />
      </Group>
      <SpokenProgress share={counts.recipients > 0 ? settled / counts.recipients : 0} what="the messages" />
      <PartsBar label="Messages" parts={partsOf(campaign)} legend />
      <Group gap="lg" mt="md">
        <Text size="sm" c="dimmed">
          Started <Moment at={campaign.startedAt} zone />
        </Text>
        {campaign.finishedAt && (
          <Text size="sm" c="dimmed">
            Finished <Moment at={campaign.finishedAt} zone />
          </Text>
        )}
      </Group>
      <Feedback campaign={campaign} />
      <Unknown campaign={campaign} />
    </Paper>
  )
}

/** Codes that are being made already are not added again, however often the button is pressed. */
function Waiting({ campaign }: { campaign: Campaign }) {
  const count = campaign.counts.waitingForCodes
  return (
    <Alert color="honey" icon={<IconAlertTriangle />} title={`Waiting for codes: ${formatCount(count)}`} role="status">
      <Stack gap="sm" align="flex-start">
        <Text size="sm">
          {plural(count, 'person has', 'people have')} no code yet. They get their email as soon as codes are ready.
        </Text>
        <AddMissing campaignId={campaign.id} />
      </Stack>
    </Alert>
  )
}

function Controls({ campaign }: { campaign: Campaign }) {
  const { canWrite } = useRole()
  const steer = useAction({
    run: (action: 'pause' | 'resume' | 'cancel') => post<Campaign>(`/v1/campaigns/${campaign.id}/${action}`),
    refreshes: ['campaigns'],
  })
  const left = campaign.counts.planned + campaign.counts.ready + campaign.counts.deferred
  const askToCancel = () =>
    askToConfirm({
      title: 'Cancel the rest of this campaign?',
      body: `${plural(campaign.counts.sent, 'message is', 'messages are')} out and stay out. ${plural(left, 'message', 'messages')} will not be sent. This cannot be undone.`,
      confirm: 'Cancel the rest',
      dangerous: true,
      onConfirm: () => steer.mutate('cancel'),
    })
  return (
    <Group gap="sm">
      <ButtonLink
        variant="default"
        to={PATHS.outbox}
        search={{ campaignId: campaign.id }}
        leftSection={<IconInbox size={17} aria-hidden />}
      >
        Messages
      </ButtonLink>
      {canWrite && isMoving(campaign) && (
        <Button
          variant="default"
          loading={steer.isPending}
          leftSection={<IconPlayerPause size={17} aria-hidden />}
          onClick={() => steer.mutate('pause')}
        >
          Pause
        </Button>
      )}
      {canWrite && campaign.state === 'paused' && (
        <Button
          loading={steer.isPending}
          leftSection={<IconPlayerPlay size={17} aria-hidden />}
          onClick={() => steer.mutate('resume')}
        >
          Resume
        </Button>
      )}
      {canWrite && (isMoving(campaign) || campaign.state === 'paused') && (
        <Button
          variant="light"
          color="red"
          loading={steer.isPending}
          leftSection={<IconX size={17} aria-hidden />}
          onClick={askToCancel}
        >
          Cancel the rest
        </Button>
      )}
    </Group>
  )
}
