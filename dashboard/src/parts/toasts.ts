import { notifications } from '@mantine/notifications'
import { messageOf } from '../api/field-errors.ts'

export function showDone(message: string): void {
  notifications.show({ message, color: 'pine', autoClose: 4000, withBorder: true })
}

/** Stays until it is closed: a failure that vanishes cannot be read. */
export function showFailure(error: unknown): void {
  notifications.show({
    title: 'That did not work',
    message: messageOf(error),
    color: 'red',
    autoClose: false,
    withBorder: true,
    role: 'alert',
  })
}
