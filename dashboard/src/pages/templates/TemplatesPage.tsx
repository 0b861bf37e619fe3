import { Badge, Group, Text } from '@mantine/core'
import { IconMessage, IconPlus, IconTemplate } from '@tabler/icons-react'
import { useRole } from '../../api/account.ts'
import { templatePages } from '../../api/messages.ts'
import type { TemplateSummary } from '../../api/types.ts'
import { type Column, DataTable } from '../../parts/DataTable.tsx'
import { Moment } from '../../parts/figures.tsx'
import { ButtonLink, TextLink } from '../../parts/links.tsx'
import { EmptyNotice } from '../../parts/notices.tsx'
import { Page } from '../../parts/Page.tsx'
import { PATHS } from '../../paths.ts'

const COLUMNS: Column<TemplateSummary>[] = [
  {
    id: 'name',
    header: 'Template',
    cell: ({ id, name, subject, text }) => (
      <div>
        <TextLink to={PATHS.template} params={{ templateId: id }} fw={600} className="oc-wrap">
          {name}
        </TextLink>
        <Text size="sm" c="dimmed" className="oc-wrap">
          {text ?? subject}
        </Text>
      </div>
    ),
  },
  {
    id: 'channel',
    header: 'Channel',
    phone: 'hidden',
    cell: ({ channel }) => (channel === 'sms' ? 'Text message' : 'Email'),
  },
  {
    id: 'coupons',
    header: 'Coupons',
    cell: ({ coupons }) =>
      coupons.length === 0 ? (
        <Text span size="sm" c="dimmed">
          none
        </Text>
      ) : (
        <Group gap={4}>
          {coupons.map((name) => (
            <Badge key={name} variant="light" color="honey" tt="none" radius="sm">
              {name}
            </Badge>
          ))}
        </Group>
      ),
  },
  { id: 'updated', header: 'Changed', phone: 'hidden', cell: ({ updatedAt }) => <Moment at={updatedAt} /> },
]

export function TemplatesPage() {
  const { canWrite } = useRole()
  const create = canWrite && (
    <>
      <ButtonLink
        variant="default"
        to={PATHS.newTemplate}
        search={{ channel: 'sms' }}
        leftSection={<IconMessage size={18} aria-hidden />}
      >
        New text message
      </ButtonLink>
      <ButtonLink to={PATHS.newTemplate} leftSection={<IconPlus size={18} aria-hidden />}>
        New template
      </ButtonLink>
    </>
  )
  return (
    <Page
      title="Templates"
      description="Emails and text messages with a place for each person’s own code."
      actions={create}
    >
      <DataTable
        label="Templates"
        columns={COLUMNS}
        pages={templatePages()}
        rowKey={({ id }) => id}
        empty={
          <EmptyNotice icon={<IconTemplate />} title="No templates yet" action={create}>
            A new template begins with a finished email that you can change to your liking.
          </EmptyNotice>
        }
      />
    </Page>
  )
}
