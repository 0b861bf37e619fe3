import { Alert, Anchor, Code, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { storesQuery } from '../../api/account.ts'
import { couponMenuQuery } from '../../api/coupons.ts'
import { CopyButton } from '../../parts/CopyButton.tsx'
import { TextLink } from '../../parts/links.tsx'
import { PATHS } from '../../paths.ts'

type Example = { title: string; text: string; command: string }

function examplesFor(origin: string, code: string, currency: string): Example[] {
  const call = (path: string, body: Record<string, unknown>, idempotent = false) =>
    [
      `curl ${origin}/v1/checkout/${path} \\`,
      `  -H 'Authorization: Bearer YOUR_API_KEY' \\`,
      ...(idempotent ? [`  -H 'Idempotency-Key: ${path}-1001' \\`] : []),
      `  -H 'Content-Type: application/json' \\`,
      `  -d '${JSON.stringify(body, null, 2).replaceAll('\n', '\n  ')}'`,
    ].join('\n')
  const cart = { code, subtotalMinor: 5000, currency, email: 'ada@example.com' }
  return [
    {
      title: '1. When a shopper enters a code',
      text: 'Answers what the code takes off this cart, or why it cannot be used. Changes nothing.',
      command: call('validate', cart),
    },
    {
      title: '2. When the payment begins',
      text: 'Holds the code for this order for 15 minutes, so that no other order can take it.',
      command: call('reserve', { ...cart, orderId: '1001' }),
    },
    {
      title: '3. When the order is placed',
      text: 'Uses the code up. The same call again, with the same order, changes nothing.',
      command: call('redeem', { ...cart, orderId: '1001' }, true),
    },
    {
      title: 'When the order is cancelled',
      text: 'Gives the code back.',
      command: call('rollback', { code, orderId: '1001' }, true),
    },
  ]
}

/** How a shop's checkout asks Onecode about codes. */
export function DevelopersTab() {
  const stores = useQuery(storesQuery)
  const coupons = useQuery(couponMenuQuery)
  const currency = stores.data?.items[0]?.currency ?? 'EUR'
  const prefix = coupons.data?.items[0]?.prefix || 'WELCOME20'
  return (
    <Stack gap="lg" maw={820}>
      <Text>
        Your checkout makes these calls. Put in a key with the scope <Code>checkout</Code> from{' '}
        <TextLink to={PATHS.settings} search={{ tab: 'keys' }}>
          API keys
        </TextLink>
        . All calls are described in the <Anchor href="/docs">API documentation</Anchor>.
      </Text>
      {examplesFor(window.location.origin, `${prefix}-K7QM2XWP9TR`, currency).map(({ title, text, command }) => (
        <Paper p="lg" key={title}>
          <Group justify="space-between" mb={4}>
            <Title order={2}>{title}</Title>
            <CopyButton small text={command} label={`Copy the command: ${title}`} />
          </Group>
          <Text size="sm" c="dimmed" mb="sm">
            {text}
          </Text>
          <Code block>{command}</Code>
        </Paper>
      ))}
      <Alert color="gray" icon={<IconInfoCircle />} title="Amounts and refusals">
        <Text size="sm">
          Amounts are whole numbers of the smallest unit: 5000 is 50.00 {currency}. A refused code comes with one text
          for shoppers, <Code>message</Code>, and with the <Code>reason</Code> for your logs. Never show the reason: it
          would tell a guesser which codes exist.
        </Text>
      </Alert>
    </Stack>
  )
}
