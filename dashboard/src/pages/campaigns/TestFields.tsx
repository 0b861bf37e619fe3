import { Checkbox, NumberInput, Paper, Select, SimpleGrid, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { templateMenuQuery } from '../../api/messages.ts'
import type { DraftForm } from './draft-values.ts'

/** A second message that is tested against the first. */
export function TestFields({ form }: { form: DraftForm }) {
  const { isTest } = form.values
  return (
    <Stack gap="md">
      <Checkbox
        label="Test a second message against this one"
        description="Some recipients get one of the two, half each; the rest get the better one."
        {...form.getInputProps('isTest', { type: 'checkbox' })}
      />
      {isTest && <Details form={form} />}
    </Stack>
  )
}

function Details({ form }: { form: DraftForm }) {
  const templates = useQuery(templateMenuQuery)
  const { secondId, templateId, pick } = form.values
  return (
    <Paper p="md" withBorder>
      <Stack gap="md">
        <Select
          label="Second template"
          placeholder={templates.isPending ? 'Loading…' : 'Choose a template'}
          searchable
          nothingFoundMessage="No other template matches"
          data={(templates.data?.items ?? [])
            .filter(({ id }) => id !== templateId)
            .map(({ id, name }) => ({ value: id, label: name }))}
          {...form.getInputProps('secondId')}
          value={secondId || null}
        />
        <NumberInput
          label="Share in the test"
          description="Of all recipients; 100 % tests with everybody and leaves no rest."
          min={10}
          max={100}
          suffix=" %"
          allowDecimal={false}
          maw={320}
          {...form.getInputProps('sharePercent')}
        />
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <Select
            label="The better one is that with more"
            allowDeselect={false}
            data={[
              { value: 'redeemed', label: 'redeemed codes' },
              { value: 'clicked', label: 'clicks' },
              { value: 'opened', label: 'opens' },
            ]}
            {...form.getInputProps('metric')}
          />
          <Select
            label="The rest get it"
            allowDeselect={false}
            data={[
              { value: 'hours', label: 'by itself, after some hours' },
              { value: 'hand', label: 'when somebody picks it' },
            ]}
            {...form.getInputProps('pick')}
          />
        </SimpleGrid>
        {pick === 'hours' && (
          <NumberInput
            label="Hours after the start"
            min={1}
            max={168}
            allowDecimal={false}
            maw={320}
            {...form.getInputProps('afterHours')}
          />
        )}
      </Stack>
    </Paper>
  )
}
