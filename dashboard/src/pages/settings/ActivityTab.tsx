import { Stack, Text } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { apiKeysQuery, auditPages, sessionQuery, useRole } from '../../api/account.ts'
import type { AuditEntry } from '../../api/types.ts'
import { formatCount } from '../../lib/format.ts'
import { type Column, DataTable } from '../../parts/DataTable.tsx'
import { Moment } from '../../parts/figures.tsx'
import { TextLink } from '../../parts/links.tsx'
import { EmptyNotice } from '../../parts/notices.tsx'
import { PATHS } from '../../paths.ts'

/** `api_key.created` → “API key created”. */
function describeAction(action: string): string {
  const words = action.replaceAll(/[._]/g, ' ').replace(/^api key/, 'API key')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** What else was noted, without what the other columns say; ids mean nothing to a reader. */
function describeData(data: AuditEntry['data']): string {
  return Object.entries(data)
    .filter(([key]) => key !== 'name' && !/id$/i.test(key))
    .map(([key, value]) => `${key}: ${describeValue(value)}`)
    .join(' · ')
}

function describeValue(value: unknown): string {
  if (typeof value === 'number') return formatCount(value)
  if (Array.isArray(value)) return value.map(String).join(', ')
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** `user:ID` or `key:ID` as a name, where this person may know it. */
function Actor({ actor }: AuditEntry) {
  const { canAdmin } = useRole()
  const { data: session } = useQuery(sessionQuery)
  const { data: keys } = useQuery({ ...apiKeysQuery, enabled: canAdmin })
  const [kind, id] = actor.split(':')
  if (kind === 'user') return id === session?.user?.id ? (session?.user?.email ?? 'You') : 'Another person'
  if (kind === 'key') return `API key ${keys?.items.find((key) => key.id === id)?.name ?? 'that was revoked'}`
  return actor
}

/** `coupon:ID` as a link with the name that it had. */
function Subject({ subject, data }: AuditEntry) {
  const [kind = '', id = ''] = subject.split(':')
  const text = typeof data.name === 'string' ? data.name : kind.replaceAll('_', ' ')
  if (kind === 'coupon')
    return (
      <TextLink to={PATHS.coupon} params={{ couponId: id }}>
        {text}
      </TextLink>
    )
  if (kind === 'template')
    return (
      <TextLink to={PATHS.template} params={{ templateId: id }}>
        {text}
      </TextLink>
    )
  if (kind === 'campaign')
    return (
      <TextLink to={PATHS.campaign} params={{ campaignId: id }}>
        {text}
      </TextLink>
    )
  if (kind === 'list')
    return (
      <TextLink to={PATHS.list} params={{ listId: id }}>
        {text}
      </TextLink>
    )
  if (kind === 'profile')
    return (
      <TextLink to={PATHS.profile} params={{ profileId: id }}>
        {text}
      </TextLink>
    )
  return text
}

const COLUMNS: Column<AuditEntry>[] = [
  { id: 'at', header: 'When', cell: ({ at }) => <Moment at={at} /> },
  {
    id: 'actor',
    header: 'Who',
    width: 200,
    phone: 'hidden',
    cell: (entry) => (
      <span className="oc-wrap">
        <Actor {...entry} />
      </span>
    ),
  },
  { id: 'action', header: 'What', width: 170, cell: ({ action }) => describeAction(action) },
  {
    id: 'subject',
    header: 'On',
    cell: (entry) => (
      <Stack gap={2}>
        <span className="oc-wrap">
          <Subject {...entry} />
        </span>
        <Text size="xs" c="dimmed" className="oc-wrap" lineClamp={2}>
          {describeData(entry.data)}
        </Text>
      </Stack>
    ),
  },
]

/** Who changed what: the audit log. */
export function ActivityTab() {
  return (
    <DataTable
      label="Activity"
      columns={COLUMNS}
      pages={auditPages()}
      rowKey={({ id }) => id}
      empty={<EmptyNotice icon={<IconHistory />} title="Nothing was changed yet" />}
    />
  )
}
