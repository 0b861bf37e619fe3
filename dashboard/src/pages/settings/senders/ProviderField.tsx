import { NumberInput, PasswordInput, Select, Textarea, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import type { Field } from './providers.ts'
import type { SenderValues } from './sender-values.ts'

type Props = {
  field: Field
  isSet: boolean
  props: ReturnType<UseFormReturnType<SenderValues>['getInputProps']>
}

/** One thing that a provider asks for. */
export function ProviderField({ field, isSet, props }: Props) {
  const { kind, label, description, placeholder, choices = [] } = field
  const common = { label, description, placeholder, ...props }
  if (kind === 'number') return <NumberInput {...common} min={1} max={65_535} allowDecimal={false} />
  if (kind === 'choice') return <Select {...common} data={choices} allowDeselect={false} />
  if (kind === 'text') return <TextInput {...common} maxLength={2000} />
  if (kind === 'lines') {
    return (
      <Textarea
        {...common}
        autosize
        minRows={4}
        maxRows={14}
        maxLength={10_000}
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
      />
    )
  }
  return (
    <PasswordInput
      {...common}
      autoComplete="new-password"
      maxLength={5000}
      description={isSet ? 'It is set. Leave this empty to keep it.' : description}
      placeholder={isSet ? '••••••••' : placeholder}
    />
  )
}
