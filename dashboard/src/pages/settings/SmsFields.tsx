import { Group, NumberInput, Stack, TextInput } from '@mantine/core'
import { FormSection } from '../../parts/FormSection.tsx'

type Field = 'smsOptOut' | 'smsHelp' | 'quietFrom' | 'quietUntil' | 'smartEmailHours' | 'smartSmsHours'
type Props = { form: { getInputProps: (field: Field) => object } }

/** How text messages behave, and how often a person may be written to. */
export function SmsFields({ form }: Props) {
  return (
    <>
      <FormSection title="Text messages">
        <Stack>
          <TextInput
            label="Words about opting out"
            description="At the end of the first text message to a person, unless its text says STOP itself."
            maxLength={100}
            {...form.getInputProps('smsOptOut')}
          />
          <TextInput
            label="Answer to HELP"
            description="Empty: your name and the words above."
            maxLength={300}
            {...form.getInputProps('smsHelp')}
          />
          <Group grow align="flex-start">
            <NumberInput label="Not before (hour)" min={8} max={20} {...form.getInputProps('quietFrom')} />
            <NumberInput
              label="Not after (hour)"
              description="Of the recipient’s clock."
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              min={9}
              max={21}
              {...form.getInputProps('quietUntil')}
            />
          </Group>
        </Stack>
      </FormSection>
      <FormSection title="Smart sending">
        <Group grow align="flex-start">
          <NumberInput
            label="Hours between emails"
            description="To one person; 0 switches it off."
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            min={0}
            max={720}
            {...form.getInputProps('smartEmailHours')}
          />
          <NumberInput label="Hours between texts" min={0} max={720} {...form.getInputProps('smartSmsHours')} />
        </Group>
      </FormSection>
    </>
  )
}
