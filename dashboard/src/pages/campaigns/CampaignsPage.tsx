import { Text } from '@mantine/core'
import { IconPlus, IconSend } from '@tabler/icons-react'
import type { Campaign } from '../../../../contract/campaigns.ts'
import { useRole } from '../../api/account.ts'
import { campaignPages } from '../../api/messages.ts'
import { formatCount } from '../../lib/format.ts'
import { type Column, DataTable } from '../../parts/DataTable.tsx'
import { Moment } from '../../parts/figures.tsx'
import { ButtonLink, TextLink } from '../../parts/links.tsx'
import { EmptyNotice } from '../../parts/notices.tsx'
import { Page } from '../../parts/Page.tsx'
import { StateBadge } from '../../parts/StateBadge.tsx'
import { PATHS } from '../../paths.ts'

const COLUMNS: Column<Campaign>[] = [
  {
    id: 'name',
    header: 'Campaign',
    cell: ({ id, name, audience, templateName }) => (
      <div>
        <TextLink to={PATHS.campaign} params={{ campaignId: id }} fw={600} className="oc-wrap">
          {name}
        </TextLink>
        <Text size="sm" c="dimmed" className="oc-wrap">
          {templateName} to {audience.include.map((source) => source.name).join(', ')}
        </Text>
      </div>
    ),
  },
  { id: 'state', header: 'State', cell: ({ state }) => <StateBadge state={state} /> },
  {
    id: 'recipients',
    header: 'Recipients',
    align: 'right',
    phone: 'hidden',
    cell: ({ counts }) => formatCount(counts.recipients),
  },
  { id: 'sent', header: 'Sent', align: 'right', cell: ({ counts }) => formatCount(counts.sent) },
  {
    id: 'started',
    header: 'Starts',
    phone: 'hidden',
    cell: ({ startsAt, startedAt }) => <Moment at={startedAt ?? startsAt} />,
  },
]

export function CampaignsPage() {
  const { canWrite } = useRole()
  const create = canWrite && (
    <ButtonLink to={PATHS.newCampaign} leftSection={<IconPlus size={18} aria-hidden />}>
      New campaign
    </ButtonLink>
  )
  return (
    <Page title="Campaigns" description="One message to many people, each with the person’s own code." actions={create}>
      <DataTable
        label="Campaigns"
        columns={COLUMNS}
        pages={campaignPages()}
        rowKey={({ id }) => id}
        refetchInterval={5000}
        empty={
          <EmptyNotice icon={<IconSend />} title="No campaigns yet" action={create}>
            A list, a template, a look at the review, and off it goes.
          </EmptyNotice>
        }
      />
    </Page>
  )
}
