import { Alert, Paper, Progress, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle, IconTicketOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ShopSync } from '../../../../contract/shopify.ts'
import { syncQuery } from '../../api/shopify.ts'
import { formatCount, formatShare, plural } from '../../lib/format.ts'
import { Moment, Stat } from '../../parts/figures.tsx'
import { Loaded } from '../../parts/Loaded.tsx'
import { TextLink } from '../../parts/links.tsx'
import { PATHS } from '../../paths.ts'

/** How codes go into the shop: what is under way, how fast, and how much room there is. */
export function SyncPanel({ storeId }: { storeId: string }) {
  const query = useQuery(syncQuery(storeId))
  return (
    <Paper p="lg">
      <Title order={2} mb="md">
        Codes on their way into the shop
      </Title>
      <Loaded query={query}>{(sync) => <SyncContent sync={sync} />}</Loaded>
    </Paper>
  )
}

function SyncContent({ sync }: { sync: ShopSync }) {
  return (
    <Stack gap="lg">
      {sync.problem && sync.state === 'waiting' && (
        <Alert color="honey" icon={<IconAlertTriangle />} title="The shop could not be used">
          {sync.problem}
        </Alert>
      )}
      {sync.revokedLeft > 0 && (
        <Alert color="honey" icon={<IconTicketOff />} title="Revoked codes">
          {plural(sync.revokedLeft, 'code was revoked', 'codes were revoked')} and may still be in the shop. They are
          taken out as soon as the shop can be used.
        </Alert>
      )}
      {sync.jobs.length === 0 ? (
        <Text c="dimmed" size="sm">
          {sync.state === 'idle'
            ? 'Nothing is waiting: every code that was added is in the shop.'
            : 'Nothing is waiting.'}
        </Text>
      ) : (
        <Stack gap="md">
          {sync.jobs.map((job) => (
            <SyncJob key={job.id} job={job} />
          ))}
        </Stack>
      )}
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
        <Stat
          label="Codes a second"
          value={sync.codesPerSecond === null ? '–' : formatCount(Math.round(sync.codesPerSecond))}
          hint="set by how fast Shopify takes them"
        />
        <Stat label="Still to come" value={formatCount(sync.codesLeft)} hint={readyHint(sync)} />
        <Stat
          label="Calls under way"
          value={`${sync.creations} of ${sync.window}`}
          hint={
            sync.points
              ? `${formatCount(Math.round(sync.points.available))} of ${formatCount(sync.points.most)} points`
              : 'no call yet'
          }
        />
        <Stat label="Room in the shop" value={formatShare(usedOf(sync) / sync.use.limit)} hint={useHint(sync)} />
      </SimpleGrid>
    </Stack>
  )
}

const JOB_TEXT: Record<ShopSync['jobs'][number]['kind'], string> = {
  ahead: 'Stock for the days to come',
  generate: 'Codes that were added',
  upload: 'Codes from a file',
}

function SyncJob({ job }: { job: ShopSync['jobs'][number] }) {
  const share = job.wanted === 0 ? 0 : (job.done / job.wanted) * 100
  const what = JOB_TEXT[job.kind]
  return (
    <div>
      <Text size="sm" mb={6}>
        <TextLink to={PATHS.coupon} params={{ couponId: job.couponId }} fw={600}>
          {job.couponName}
        </TextLink>{' '}
        <Text span size="sm" c="dimmed">
          {what}: {formatCount(job.done)} of {formatCount(job.wanted)} in the shop
          {job.readyAt && (
            <>
              , ready at <Moment at={job.readyAt} />
            </>
          )}
        </Text>
      </Text>
      <Progress value={share} aria-label={`${job.couponName}: codes in the shop`} />
    </div>
  )
}

function readyHint(sync: ShopSync) {
  return sync.readyAt ? (
    <>
      ready at <Moment at={sync.readyAt} />
    </>
  ) : (
    'all codes are in the shop when it is 0'
  )
}

const usedOf = ({ use }: ShopSync): number => Math.max(use.ours, use.shopCodes ?? 0)

function useHint(sync: ShopSync): string {
  return `used: ${formatCount(usedOf(sync))} of ${formatCount(sync.use.limit)} codes`
}
