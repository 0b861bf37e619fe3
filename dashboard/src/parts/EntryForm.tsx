import { Alert, Button, Group, Stack } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { IconAlertTriangle } from '@tabler/icons-react'
import { type ReactNode, useRef, useState } from 'react'
import { fieldErrors, messageOf } from '../api/field-errors.ts'

type Props<V extends Record<string, unknown>> = {
  form: Pick<UseFormReturnType<V>, 'onSubmit' | 'setErrors'>
  run: (values: V) => Promise<unknown>
  submitLabel: string
  /** Renames the server's fields to the form's. */
  mapErrors?: (errors: Record<string, string>) => Record<string, string>
  /** Takes a failure that this form answers itself; true when it did. */
  onFailure?: (error: unknown, values: V) => boolean
  secondary?: ReactNode
  fullWidth?: boolean
  children: ReactNode
}

/** The shape that every form has: Enter submits, mistakes stand at their fields, the focus goes to the first of them. */
export function EntryForm<V extends Record<string, unknown>>(props: Props<V>) {
  const { form, run, submitLabel, mapErrors, onFailure, secondary, fullWidth = false, children } = props
  const [failure, setFailure] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const ref = useRef<HTMLFormElement>(null)

  const focusFirstMistake = () =>
    requestAnimationFrame(() => ref.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())

  const submit = async (values: V) => {
    setBusy(true)
    setFailure(null)
    try {
      await run(values)
    } catch (error) {
      if (onFailure?.(error, values)) return
      const mistakes = fieldErrors(error)
      form.setErrors(mapErrors?.(mistakes) ?? mistakes)
      setFailure(error)
      focusFirstMistake()
    } finally {
      setBusy(false)
    }
  }
  return (
    <form ref={ref} noValidate onSubmit={form.onSubmit((values) => void submit(values), focusFirstMistake)}>
      <Stack gap="md">
        {children}
        {failure !== null && (
          <Alert color="red" role="alert" icon={<IconAlertTriangle />}>
            {messageOf(failure)}
          </Alert>
        )}
        <Group gap="sm">
          <Button type="submit" loading={busy} fullWidth={fullWidth}>
            {submitLabel}
          </Button>
          {secondary}
        </Group>
      </Stack>
    </form>
  )
}
