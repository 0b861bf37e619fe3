import { Group, Paper, Progress, Stack, Text, ThemeIcon, Title } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import type { Home } from '../../../../contract/account.ts'
import { useHasShop } from '../../api/account.ts'
import { ButtonLink, TextLink } from '../../parts/links.tsx'
import { PATHS } from '../../paths.ts'

type StepKey = Home['steps'][number]['key']

const STEPS: Record<StepKey, { title: string; text: string; action: string; to: string }> = {
  people: {
    title: 'Import your people',
    text: 'Bring your customers into a list, from the CSV export of your shop.',
    action: 'Go to lists',
    to: PATHS.lists,
  },
  coupon: {
    title: 'Create a coupon',
    text: 'Say what the offer is: how much, from which amount, until when.',
    action: 'Create a coupon',
    to: PATHS.newCoupon,
  },
  codes: {
    title: 'Add codes',
    text: 'Make as many codes as you have people to send to. 10,000 take a few seconds.',
    action: 'Go to coupons',
    to: PATHS.coupons,
  },
  template: {
    title: 'Write a template',
    text: 'An email with the coupon tag in it. A good start is there already.',
    action: 'Write a template',
    to: PATHS.newTemplate,
  },
  campaign: {
    title: 'Send a campaign',
    text: 'Choose a list and a template, look at the review, and send.',
    action: 'Create a campaign',
    to: PATHS.newCampaign,
  },
  redemption: {
    title: 'See the first code come back',
    text: 'Connect your shop’s checkout; two calls are enough.',
    action: 'See how',
    to: PATHS.settings,
  },
}

/** Where a Shopify shop is connected, its orders tell of the codes by themselves. */
const SHOP_REDEMPTION = {
  title: STEPS.redemption.title,
  text: 'Use a code in your shop: its order shows here seconds later.',
  action: 'Go to stores',
  to: PATHS.stores,
}

/** The way to the first redemption as a checklist; the next step is open. */
export function NextSteps({ steps }: { steps: Home['steps'] }) {
  const done = steps.filter((step) => step.done).length
  const next = steps.find((step) => !step.done)?.key
  const hasShop = useHasShop()
  const stepOf = (key: StepKey) => (key === 'redemption' && hasShop ? SHOP_REDEMPTION : STEPS[key])
  return (
    <Paper p="lg">
      <Group justify="space-between" mb={6}>
        <Title order={2}>The way to your first redemption</Title>
        <Text size="sm" c="dimmed">
          {done} of {steps.length} done
        </Text>
      </Group>
      <Progress value={(done / steps.length) * 100} size="sm" mb="lg" aria-label="Steps done" />
      <Stack gap="sm" component="ol" p={0} m={0} style={{ listStyle: 'none' }}>
        {steps.map(({ key, done: isDone }, index) => (
          <Step key={key} number={index + 1} step={stepOf(key)} done={isDone} open={key === next} />
        ))}
      </Stack>
    </Paper>
  )
}

type StepProps = { number: number; step: (typeof STEPS)[StepKey]; done: boolean; open: boolean }

function Step({ number, step, done, open }: StepProps) {
  const search = step.to === PATHS.settings ? ({ tab: 'developers' } as const) : {}
  return (
    <Group component="li" wrap="nowrap" align={open ? 'flex-start' : 'center'} gap="md">
      <ThemeIcon radius="xl" size={28} variant={done ? 'filled' : open ? 'light' : 'default'} aria-hidden>
        {done ? <IconCheck size={16} /> : <Text size="xs">{number}</Text>}
      </ThemeIcon>
      {open ? (
        <div>
          <Text fw={650}>{step.title}</Text>
          <Text size="sm" c="dimmed" mb="sm">
            {step.text}
          </Text>
          <ButtonLink to={step.to} search={search}>
            {step.action}
          </ButtonLink>
        </div>
      ) : (
        <TextLink
          to={step.to}
          search={search}
          size="sm"
          c={done ? 'dimmed' : 'inherit'}
          td={done ? 'line-through' : ''}
        >
          {step.title}
        </TextLink>
      )}
    </Group>
  )
}
