import { Badge, CloseButton, Group, Select, Stack, Text } from '@mantine/core'
import { IconInbox, IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { Message } from '../../../../contract/messages.ts'
import { accountQuery } from '../../api/account.ts'
import { campaignQuery, messagePages } from '../../api/messages.ts'
import { type Column, DataTable } from '../../parts/DataTable.tsx'
import { Code, Moment } from '../../parts/figures.tsx'
import { TextLink } from '../../parts/links.tsx'
import { EmptyNotice } from '../../parts/notices.tsx'
import { Page } from '../../parts/Page.tsx'
import { SearchField } from '../../parts/SearchField.tsx'
import { StateBadge, TestBadge } from '../../parts/StateBadge.tsx'
import { PATHS } from '../../paths.ts'
import { reasonText, STATE_OPTIONS } from './message-states.ts'

function Read({ openedAt, clickedAt }: Message) {
  return (
    <Text span size="sm" {...(openedAt || clickedAt ? {} : { c: 'dimmed' })}>
      {clickedAt ? 'clicked' : openedAt ? 'opened' : '–'}
    </Text>
  )
}

const COLUMNS: Column<Message>[] = [
  {
    id: 'to',
    header: 'To',
    cell: ({ id, to, subject }) => (
      <div>
        <TextLink to={PATHS.message} params={{ messageId: id }} fw={600} size="sm" className="oc-wrap">
          {to}
        </TextLink>
        <Text size="xs" c="dimmed" className="oc-wrap">
          {subject ?? 'not made yet'}
        </Text>
      </div>
    ),
  },
  {
    id: 'codes',
    header: 'Codes',
    phone: 'hidden',
    cell: ({ codes }) => (
      <Stack gap={4} align="flex-start">
        {codes.length === 0 && '–'}
        {codes.map(({ code }) => (
          <Code key={code} code={code} copy={false} />
        ))}
      </Stack>
    ),
  },
  {
    id: 'campaign',
    header: 'Campaign',
    phone: 'hidden',
    cell: ({ kind, campaignId, campaignName }) =>
      kind === 'test' ? (
        <TestBadge />
      ) : campaignId ? (
        <TextLink to={PATHS.campaign} params={{ campaignId }} size="sm" className="oc-wrap">
          {campaignName ?? 'Campaign'}
        </TextLink>
      ) : kind === 'resend' ? (
        'sent again by hand'
      ) : (
        '–'
      ),
  },
  {
    id: 'state',
    header: 'State',
    cell: ({ state, reason }) => (
      <div>
        <StateBadge state={state} />
        {reason && (
          <Text size="xs" c="dimmed" className="oc-wrap">
            {reasonText(reason)}
          </Text>
        )}
      </div>
    ),
  },
  { id: 'read', header: 'Read', phone: 'hidden', cell: Read },
  { id: 'sent', header: 'Sent', phone: 'hidden', cell: ({ sentAt }) => <Moment at={sentAt} /> },
]

export function OutboxPage() {
  const search = useSearch({ from: PATHS.outbox })
  const navigate = useNavigate({ from: PATHS.outbox })
  const { data: account } = useQuery(accountQuery)
  const change = (next: Partial<typeof search>) =>
    void navigate({ search: (old) => ({ ...old, ...next }), replace: true })
  const filtered = Object.keys(search).length > 0
  return (
    <Page
      title="Outbox"
      description={
        account?.emailChannel === 'outbox'
          ? 'Every message, with its code. No mail provider is set, so mails stay here and as files on the server.'
          : 'Every message, with its code.'
      }
    >
      <Group gap="sm">
        <SearchField
          label="Search by recipient"
          value={search.search ?? ''}
          onSearch={(text) => change({ search: text || undefined })}
        />
        <Select
          aria-label="State of the messages"
          data={STATE_OPTIONS}
          value={search.state ?? ''}
          allowDeselect={false}
          w={160}
          onChange={(value) => change({ state: value || undefined })}
        />
        {search.reason && (
          <Badge
            size="lg"
            variant="light"
            color="gray"
            tt="none"
            rightSection={
              <CloseButton size="xs" aria-label="Show all reasons" onClick={() => change({ reason: undefined })} />
            }
          >
            {reasonText(search.reason)}
          </Badge>
        )}
        {search.campaignId && (
          <CampaignFilter campaignId={search.campaignId} onClear={() => change({ campaignId: undefined })} />
        )}
      </Group>
      <DataTable
        label="Messages"
        columns={COLUMNS}
        pages={messagePages(search)}
        rowKey={({ id }) => id}
        empty={
          filtered ? (
            <EmptyNotice icon={<IconSearch />} title="No message matches" />
          ) : (
            <EmptyNotice icon={<IconInbox />} title="No messages yet">
              When a campaign is sent, each person’s mail shows here with their own code.
            </EmptyNotice>
          )
        }
      />
    </Page>
  )
}

function CampaignFilter({ campaignId, onClear }: { campaignId: string; onClear: () => void }) {
  const { data } = useQuery(campaignQuery(campaignId))
  return (
    <Badge
      size="lg"
      variant="light"
      tt="none"
      rightSection={<CloseButton size="xs" aria-label="Show all campaigns" onClick={onClear} />}
    >
      {data?.name ?? 'One campaign'}
    </Badge>
  )
}
