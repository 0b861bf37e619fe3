import { Paper, Stack } from '@mantine/core'
import type { ReactNode } from 'react'

/** Fields that belong together, on a card with their common name. */
export function FormSection({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Paper p="lg" component="fieldset" className="oc-section">
      <legend>{title}</legend>
      <Stack gap="md">{children}</Stack>
    </Paper>
  )
}
