import { Button, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { IconCircleCheck, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { AddMissingReply } from '../../../../contract/campaigns.ts'
import { useRole } from '../../api/account.ts'
import { post } from '../../api/api.ts'
import { codeJobsQuery, isUnderWay } from '../../api/coupons.ts'
import type { CouponNeed } from '../../api/types.ts'
import { useAction } from '../../api/use-action.ts'
import { formatCount, plural } from '../../lib/format.ts'
import { TextLink } from '../../parts/links.tsx'
import { PATHS } from '../../paths.ts'
import { CodeJobs, useRefreshAtEnd } from '../coupons/CodeJobs.tsx'

/** Codes needed and available per coupon, with one button that adds exactly the missing ones of all. */
export function CodesNeeded({ campaignId, coupons }: { campaignId: string; coupons: CouponNeed[] }) {
  const toAdd = coupons.reduce((sum, need) => sum + (need.canBeMade ? Math.max(0, need.missing - need.underWay) : 0), 0)
  return (
    <Paper p="lg">
      <Group justify="space-between" mb="md">
        <Title order={2}>Codes</Title>
        <AddMissing campaignId={campaignId} count={toAdd} />
      </Group>
      {coupons.length === 0 && (
        <Text size="sm" c="dimmed">
          The template names no coupon, so no codes are given.
        </Text>
      )}
      <Stack gap="xl">
        {coupons.map((need) => (
          <Need key={need.couponId} need={need} />
        ))}
      </Stack>
    </Paper>
  )
}

/** Exactly the missing codes, of all coupons that Onecode makes codes for. Without `count` the server counts them. */
export function AddMissing({ campaignId, count }: { campaignId: string; count?: number }) {
  const { canWrite } = useRole()
  const add = useAction({
    run: () => post<AddMissingReply>(`/v1/campaigns/${campaignId}/add-missing-codes`),
    refreshes: ['code-jobs', 'coupons', 'campaigns'],
  })
  if (count === 0 || !canWrite) return null
  return (
    <Button leftSection={<IconPlus size={18} aria-hidden />} loading={add.isPending} onClick={() => add.mutate()}>
      {count === undefined ? 'Add the missing codes' : `Add ${plural(count, 'missing code')}`}
    </Button>
  )
}

function Need({ need }: { need: CouponNeed }) {
  const jobs = useQuery(codeJobsQuery(need.couponId))
  const busy = jobs.data?.some(isUnderWay) ?? false
  const failed = jobs.data?.[0]?.state === 'failed'
  useRefreshAtEnd(jobs.data)
  return (
    <Stack gap="sm">
      <TextLink to={PATHS.coupon} params={{ couponId: need.couponId }} fw={650}>
        {need.name}
      </TextLink>
      <SimpleGrid cols={{ base: 2, xs: need.alreadyHad > 0 ? 5 : 4 }} spacing="sm">
        <Figure label="Needed" count={need.needed} />
        <Figure label="Keep theirs" count={need.kept} />
        {need.alreadyHad > 0 && <Figure label="Already had it" count={need.alreadyHad} />}
        <Figure label="Available" count={need.available} />
        <Figure label="Missing" count={need.missing} warn={need.missing > 0} />
      </SimpleGrid>
      {need.missing > 0 && !need.canBeMade && (
        <Text size="sm">
          The codes of this coupon come from a file:{' '}
          <TextLink to={PATHS.coupon} params={{ couponId: need.couponId }}>
            upload {plural(need.missing, 'more code')}
          </TextLink>
          .
        </Text>
      )}
      {need.missing === 0 && (
        <Group gap="xs">
          <IconCircleCheck size={18} color="var(--mantine-color-pine-6)" aria-hidden />
          <Text size="sm">Enough for everybody.</Text>
        </Group>
      )}
      {(busy || failed) && <CodeJobs couponId={need.couponId} />}
    </Stack>
  )
}

function Figure({ label, count, warn = false }: { label: string; count: number; warn?: boolean }) {
  return (
    <div>
      <Text size="xs" c="dimmed" fw={600}>
        {label}
      </Text>
      <Text fz="lg" fw={650} className="oc-figure" {...(warn && { c: 'var(--oc-warn)' })}>
        {formatCount(count)}
      </Text>
    </div>
  )
}
