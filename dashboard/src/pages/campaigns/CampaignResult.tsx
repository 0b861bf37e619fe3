import { Alert, Button, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle, IconInbox, IconPlayerPause, IconPlayerPlay, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { Campaign } from '../../../../contract/messages.ts'
import { useRole } from '../../api/account.ts'
import { post } from '../../api/api.ts'
import { campaignReportQuery, isMoving } from '../../api/messages.ts'
import type { CampaignReport } from '../../api/types.ts'
import { useAction } from '../../api/use-action.ts'
import { formatCount, formatShare, plural, shareOf } from '../../lib/format.ts'
import { askToConfirm } from '../../parts/confirm.tsx'
import { COLORS, Moment, MoneyList, type Part, PartsBar, Stat } from '../../parts/figures.tsx'
import { Loaded } from '../../parts/Loaded.tsx'
import { ButtonLink } from '../../parts/links.tsx'
import { SpokenProgress } from '../../parts/SpokenProgress.tsx'
import { PATHS } from '../../paths.ts'

const REPORT_INTERVAL_MS = 3000

/** A campaign that was sent or is under way: how far it is, and what came of it. */
export function CampaignResult({ campaign }: { campaign: Campaign }) {
  const report = useQuery({
    ...campaignReportQuery(campaign.id),
    refetchInterval: isMoving(campaign) ? REPORT_INTERVAL_MS : false,
  })
  return (
    <Stack gap="lg">
      {campaign.pausedReason && (
        <Alert color="honey" icon={<IconAlertTriangle />} title="The campaign was paused" role="alert">
          {campaign.pausedReason}
        </Alert>
      )}
      <Delivery campaign={campaign} />
      <Loaded query={report}>{(data) => <Outcome report={data} channel={campaign.channel} />}</Loaded>
    </Stack>
  )
}

const HEADLINE: Record<Campaign['state'], string> = {
  draft: 'Draft',
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
    { label: 'waiting', count: counts.planned + counts.ready, color: 'var(--oc-rest)' },
    { label: 'deferred', count: counts.deferred, color: 'var(--mantine-color-honey-4)' },
    { label: 'rejected', count: counts.rejected, color: COLORS.failed },
    { label: 'unknown', count: counts.unknown, color: 'var(--mantine-color-orange-5)' },
    { label: 'skipped', count: counts.skipped, color: 'var(--mantine-color-gray-5)' },
    { label: 'cancelled', count: counts.cancelled, color: 'var(--mantine-color-gray-6)' },
  ].filter(({ label, count }) => count > 0 || label === 'sent')
}

function Delivery({ campaign }: { campaign: Campaign }) {
  const { counts } = campaign
  const settled = counts.sent + counts.rejected + counts.unknown + counts.skipped + counts.cancelled
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
      {counts.unknown > 0 && (
        <Text size="sm" c="dimmed" mt="sm">
          “Unknown” means that the answer of the mail server was lost. Such a message may have arrived; it is never sent
          twice by guessing.
        </Text>
      )}
    </Paper>
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

function Outcome({ report, channel }: { report: CampaignReport; channel: Campaign['channel'] }) {
  const amounts = (pick: 'revenueMinor' | 'discountMinor') =>
    report.money.map((each) => ({ currency: each.currency, amountMinor: each[pick] }))
  return (
    <section>
      <Title order={2} mb="md">
        What came of it
      </Title>
      <SimpleGrid cols={{ base: 2, md: 3 }}>
        <Stat label="Codes assigned" value={formatCount(report.assigned)} />
        <Stat
          label="Codes redeemed"
          value={formatCount(report.redeemed)}
          hint={`${formatShare(report.rate)} of assigned`}
        />
        {channel === 'email' && (
          <Stat
            label="Opened"
            value={formatCount(report.opened)}
            hint={`${formatShare(shareOf(report.opened, report.sent))} of sent, roughly`}
          />
        )}
        <Stat
          label="Clicked"
          value={formatCount(report.clicked)}
          hint={`${formatShare(shareOf(report.clicked, report.sent))} of sent`}
        />
        <Stat label="Revenue" value={<MoneyList amounts={amounts('revenueMinor')} />} />
        <Stat label="Discount given" value={<MoneyList amounts={amounts('discountMinor')} />} />
      </SimpleGrid>
    </section>
  )
}
