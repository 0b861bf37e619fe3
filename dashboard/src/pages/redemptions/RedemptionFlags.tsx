import { Badge, Group } from '@mantine/core'
import type { Redemption } from '../../api/types.ts'
import { formatMoney } from '../../lib/format.ts'

type Flag = { text: string; color: string; title: string }

/** What is particular about a redemption, each with what it means. */
function flagsOf(redemption: Redemption): Flag[] {
  const { state, isRenewal, recipientMatches, cancelledAt, refundedMinor, currency, newCode, isTest, orderId } =
    redemption
  const flags: (Flag | false)[] = [
    state === 'rolled_back' && { text: 'rolled back', color: 'orange', title: 'The checkout undid it.' },
    state === 'repeated' &&
      !isRenewal && { text: 'used again', color: 'red', title: 'Another order had redeemed this code before.' },
    isRenewal && { text: 'renewal', color: 'cyan', title: 'An order that a subscription made.' },
    recipientMatches === false && {
      text: 'somebody else',
      color: 'orange',
      title: 'The order is not of the person who had the code.',
    },
    orderId === null && {
      text: 'order unknown',
      color: 'orange',
      title: 'The shop counts a use of this code; the order could not be found.',
    },
    cancelledAt !== null && {
      text: 'cancelled',
      color: 'gray',
      title: 'The order was cancelled. It counts no revenue.',
    },
    cancelledAt === null &&
      refundedMinor > 0 && {
        text: `${formatMoney(refundedMinor, currency)} refunded`,
        color: 'gray',
        title: 'Taken off the revenue.',
      },
    newCode === 'owed' && {
      text: 'new code waits',
      color: 'honey',
      title: 'The person gets a new code as soon as one is available.',
    },
    newCode === 'given' && { text: 'new code given', color: 'pine', title: 'Because the order was cancelled.' },
    isTest && { text: 'test order', color: 'gray', title: 'It counts no revenue.' },
  ]
  return flags.filter((flag) => flag !== false)
}

export function RedemptionFlags(redemption: Redemption) {
  const flags = flagsOf(redemption)
  if (flags.length === 0) return <>–</>
  return (
    <Group gap={4} component="span">
      {flags.map(({ text, color, title }) => (
        <Badge key={text} variant="light" color={color} tt="none" fw={600} radius="sm" miw="max-content" title={title}>
          {text}
        </Badge>
      ))}
    </Group>
  )
}
