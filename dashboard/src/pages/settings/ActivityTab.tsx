import { Code, Text } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { auditPages } from '../../api/account.ts'
import type { AuditEntry } from '../../api/types.ts'
import { type Column, DataTable } from '../../parts/DataTable.tsx'
import { Moment } from '../../parts/figures.tsx'
import { EmptyNotice } from '../../parts/notices.tsx'

const details = (data: AuditEntry['data']): string =>
  Object.entries(data)
    .map(([key, value]) => `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ')

const COLUMNS: Column<AuditEntry>[] = [
  { id: 'at', header: 'When', cell: ({ at }) => <Moment at={at} /> },
  { id: 'actor', header: 'Who', phone: 'hidden', cell: ({ actor }) => <span className="oc-wrap">{actor}</span> },
  { id: 'action', header: 'What', cell: ({ action }) => <Code className="oc-wrap">{action}</Code> },
  {
    id: 'subject',
    header: 'On',
    cell: ({ subject, data }) => (
      <>
        <Text size="sm" className="oc-wrap">
          {subject}
        </Text>
        <Text size="xs" c="dimmed" className="oc-wrap" lineClamp={2}>
          {details(data)}
        </Text>
      </>
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
