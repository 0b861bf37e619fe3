import { NumberInput, Radio, Stack } from '@mantine/core'
import { DateTimePicker } from '@mantine/dates'
import '@mantine/dates/styles.css'
import type { UseFormReturnType } from '@mantine/form'
import { useTimeZone } from '../../api/account.ts'
import type { WhenValues } from '../../lib/when-values.ts'

/** The month as a word: 03/04 means two days, depending on the reader. */
const MOMENT_FORMAT = 'D MMM YYYY, HH:mm'

/** The form of a time, or of more than that. */
type WhenForm = {
  values: WhenValues
  getInputProps: (field: keyof WhenValues) => ReturnType<UseFormReturnType<WhenValues>['getInputProps']>
}

export function WhenFields({ form }: { form: WhenForm }) {
  const timeZone = useTimeZone()
  const { kind } = form.values
  return (
    <Stack gap="md">
      <Radio.Group label="Send" {...form.getInputProps('kind')}>
        <Stack gap="xs" mt="xs">
          <Radio value="now" label="Now" description="As soon as you confirm it in the review." />
          <Radio value="at" label="At a date and time" description={`By the clocks of the account (${timeZone}).`} />
          <Radio
            value="local"
            label="At the recipient’s local time"
            description={`By each person’s own time zone, else their phone’s country, else ${timeZone}.`}
          />
        </Stack>
      </Radio.Group>
      {kind !== 'now' && (
        <DateTimePicker
          label="Date and time"
          placeholder="Choose a date and a time"
          valueFormat={MOMENT_FORMAT}
          minDate={new Date()}
          description={
            kind === 'local' ? 'For whom it is later than that already, the email goes out at once.' : undefined
          }
          clearable
          maw={320}
          {...form.getInputProps('at')}
        />
      )}
      {kind !== 'local' && (
        <NumberInput
          label="Spread over hours"
          description="0 sends as fast as the mail server takes it. Otherwise evenly, so that the shop is not overrun."
          min={0}
          max={72}
          allowDecimal={false}
          maw={320}
          {...form.getInputProps('spreadHours')}
        />
      )}
    </Stack>
  )
}
