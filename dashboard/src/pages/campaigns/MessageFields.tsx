import { Anchor, Paper, Select, Stack, Switch, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { templateMenuQuery, templateQuery } from '../../api/messages.ts'
import { Definitions } from '../../parts/Definitions.tsx'
import { TextLink } from '../../parts/links.tsx'
import { PATHS } from '../../paths.ts'
import type { DraftForm } from './draft-values.ts'
import { TestFields } from './TestFields.tsx'

/** What they get: a template, with what it says at the top and which coupons it names. */
export function MessageFields({ form }: { form: DraftForm }) {
  const templates = useQuery(templateMenuQuery)
  const { templateId } = form.values
  return (
    <Stack gap="md">
      <Select
        label="Template"
        description="Its newest version goes out; it is fixed when the campaign is scheduled."
        placeholder={templates.isPending ? 'Loading…' : 'Choose a template'}
        searchable
        nothingFoundMessage="No template matches"
        data={(templates.data?.items ?? []).map(({ id, name, channel }) => ({
          value: id,
          label: channel === 'sms' ? `${name} · text message` : name,
        }))}
        {...form.getInputProps('templateId')}
        value={templateId || null}
      />
      {templateId ? (
        <Chosen templateId={templateId} />
      ) : (
        <Text size="sm" c="dimmed">
          Nothing fits?{' '}
          <Anchor inherit component={TextLink} to={PATHS.newTemplate}>
            Write a new template
          </Anchor>
          .
        </Text>
      )}
      <Switch
        label="Smart sending"
        description="Passes over people who got another message a short time before. The hours are in the settings."
        {...form.getInputProps('smartSending', { type: 'checkbox' })}
      />
      <TestFields form={form} />
    </Stack>
  )
}

function Chosen({ templateId }: { templateId: string }) {
  const { data } = useQuery(templateQuery(templateId))
  if (!data) return null
  return (
    <Paper p="md" withBorder>
      <Definitions
        items={[
          ['Subject', data.subject],
          ['Preview text', data.previewText || '–'],
          ['Coupons', data.coupons.join(', ') || 'none'],
          [
            'Look at it',
            <TextLink key="open" to={PATHS.template} params={{ templateId }}>
              Open the template
            </TextLink>,
          ],
        ]}
      />
    </Paper>
  )
}
