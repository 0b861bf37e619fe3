import { ActionIcon, Button, Group, Input, PasswordInput, Stack, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import type { SenderValues } from './sender-values.ts'

const MOST_HEADERS = 20

/** The headers of a call. Values hold tokens: they go in and are never shown again. */
export function HeaderFields({ form }: { form: UseFormReturnType<SenderValues> }) {
  const { headers, dropped } = form.values
  const takeOff = (at: number) => {
    const header = headers[at]
    if (header?.isKept) form.setFieldValue('dropped', [...dropped, header.name])
    form.removeListItem('headers', at)
  }
  const add = () => form.insertListItem('headers', { key: crypto.randomUUID(), name: '', value: '', isKept: false })
  return (
    <Input.Wrapper
      label="Headers"
      labelElement="div"
      description="For instance Authorization with the value Bearer and your token. Values are kept sealed and never shown again."
    >
      <Stack gap="xs" mt={6}>
        {headers.map(({ key, name, isKept }, at) => (
          <Group key={key} gap="xs" align="flex-start" wrap="nowrap">
            <TextInput
              flex={1}
              aria-label={`Name of header ${at + 1}`}
              placeholder="Authorization"
              maxLength={100}
              readOnly={isKept}
              {...form.getInputProps(`headers.${at}.name`)}
            />
            <PasswordInput
              flex={1}
              aria-label={name ? `Value of ${name}` : `Value of header ${at + 1}`}
              autoComplete="new-password"
              maxLength={5000}
              placeholder={isKept ? '•••••••• (kept)' : 'Bearer …'}
              {...form.getInputProps(`headers.${at}.value`)}
            />
            <ActionIcon
              variant="default"
              size={36}
              aria-label={name ? `Take off ${name}` : `Take off header ${at + 1}`}
              onClick={() => takeOff(at)}
            >
              <IconTrash size={17} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        <div>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlus size={15} aria-hidden />}
            disabled={headers.length >= MOST_HEADERS}
            onClick={add}
          >
            Add a header
          </Button>
        </div>
      </Stack>
    </Input.Wrapper>
  )
}
