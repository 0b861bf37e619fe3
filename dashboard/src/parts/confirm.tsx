import { Text } from '@mantine/core'
import { modals } from '@mantine/modals'
import type { ReactNode } from 'react'

type Question = { title: string; body: ReactNode; confirm: string; dangerous?: boolean; onConfirm: () => void }

/** Asks before something that is hard to take back. The focus starts on “Cancel” when it is dangerous. */
export function askToConfirm({ title, body, confirm, dangerous = false, onConfirm }: Question): void {
  modals.openConfirmModal({
    title: (
      <Text component="span" fw={650}>
        {title}
      </Text>
    ),
    children: typeof body === 'string' ? <Text size="sm">{body}</Text> : body,
    labels: { confirm, cancel: 'Cancel' },
    confirmProps: { color: dangerous ? 'red' : 'pine', 'data-autofocus': !dangerous || undefined },
    cancelProps: { 'data-autofocus': dangerous || undefined },
    onConfirm,
  })
}
