import { Alert, Group, List, Paper, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { Home } from '../../../../contract/account.ts'
import { homeQuery, sessionQuery } from '../../api/account.ts'
import { formatCount, formatShare, plural } from '../../lib/format.ts'
import { MoneyList, Stat } from '../../parts/figures.tsx'
import { Loaded } from '../../parts/Loaded.tsx'
import { TextLink } from '../../parts/links.tsx'
import { Page } from '../../parts/Page.tsx'
import { PATHS } from '../../paths.ts'
import { NextSteps } from './NextSteps.tsx'
import { RecentRedemptions } from './RecentRedemptions.tsx'

export function HomePage() {
  const query = useQuery(homeQuery)
  const { data: session } = useQuery(sessionQuery)
  return (
    <Page title="Home" description={session?.account ? `How ${session.account.name} is doing.` : undefined}>
      <Loaded query={query} skeleton={<HomeSkeleton />}>
        {(home) => <HomeContent home={home} />}
      </Loaded>
    </Page>
  )
}

function HomeContent({ home }: { home: Home }) {
  const { totals } = home
  const finished = home.steps.every(({ done }) => done)
  return (
    <Stack gap="lg">
      {home.lowStock.length > 0 && <LowStock coupons={home.lowStock} />}
      {!finished && <NextSteps steps={home.steps} />}
      <SimpleGrid cols={{ base: 2, sm: 3 }} spacing="md">
        <Stat label="People" value={formatCount(totals.people)} />
        <Stat label="Coupons" value={formatCount(totals.coupons)} />
        <Stat label="Messages sent" value={formatCount(totals.sent)} />
        <Stat label="Codes assigned" value={formatCount(totals.assigned)} />
        <Stat
          label="Codes redeemed"
          value={formatCount(totals.redeemed)}
          hint={totals.assigned > 0 ? `${formatShare(totals.redeemed / totals.assigned)} of assigned` : undefined}
        />
        <Stat label="Revenue with codes" value={<MoneyList amounts={home.revenue} />} />
      </SimpleGrid>
      <Paper p="lg">
        <Group justify="space-between" mb="sm">
          <Title order={2}>Latest redemptions</Title>
          <TextLink to={PATHS.redemptions} size="sm">
            All redemptions
          </TextLink>
        </Group>
        <RecentRedemptions />
      </Paper>
    </Stack>
  )
}

function LowStock({ coupons }: { coupons: Home['lowStock'] }) {
  return (
    <Alert color="honey" icon={<IconAlertTriangle />} title="Codes are running out">
      <List size="sm" listStyleType="none" spacing={4}>
        {coupons.map(({ couponId, name, available, reserved, threshold }) => (
          <List.Item key={couponId}>
            <TextLink to={PATHS.coupon} params={{ couponId }} fw={600} size="sm">
              {name}
            </TextLink>{' '}
            <Text span size="sm">
              {available === 0
                ? 'has no code available.'
                : `has ${plural(available, 'code')} available; you asked to be told below ${formatCount(threshold)}.`}
              {reserved > 0 && ` ${formatCount(reserved)} more are reserved for campaigns.`}
            </Text>
          </List.Item>
        ))}
      </List>
    </Alert>
  )
}

function HomeSkeleton() {
  return (
    <Stack gap="lg">
      <Skeleton h={220} radius="lg" />
      <SimpleGrid cols={{ base: 2, sm: 3 }}>
        {['a', 'b', 'c', 'd', 'e', 'f'].map((key) => (
          <Skeleton key={key} h={92} radius="lg" />
        ))}
      </SimpleGrid>
    </Stack>
  )
}
