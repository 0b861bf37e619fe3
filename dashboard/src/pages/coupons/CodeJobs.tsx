import { Alert, Button, Group, Modal, Paper, Progress, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { CodeJob } from '../../../../contract/codes.ts'
import { post } from '../../api/api.ts'
import { codeJobErrorPages, codeJobsQuery, isUnderWay } from '../../api/coupons.ts'
import { useAction } from '../../api/use-action.ts'
import { formatCount, formatDuration, plural } from '../../lib/format.ts'
import { askToConfirm } from '../../parts/confirm.tsx'
import { Moment } from '../../parts/figures.tsx'
import { RowErrors } from '../../parts/RowErrors.tsx'
import { SpokenProgress } from '../../parts/SpokenProgress.tsx'
import { StateBadge } from '../../parts/StateBadge.tsx'
import { showDone } from '../../parts/toasts.ts'

/** Codes that are being added now, and the last ones that were. */
export function CodeJobs({ couponId }: { couponId: string }) {
  const { data } = useQuery(codeJobsQuery(couponId))
  useRefreshAtEnd(data)
  const active = data?.filter(isUnderWay) ?? []
  const last = data?.find((job) => !isUnderWay(job))
  if (active.length === 0 && !last) return null
  return (
    <Stack gap="sm">
      {active.map((job) => (
        <ActiveJob key={job.id} job={job} />
      ))}
      {active.length === 0 && last && <FinishedJob job={last} />}
    </Stack>
  )
}

/** When a job ends, also one that was too short to be seen at work, the counts and codes have changed one last time. */
export function useRefreshAtEnd(jobs: CodeJob[] | undefined): void {
  const client = useQueryClient()
  const before = useRef<string | undefined>(undefined)
  const ended = jobs
    ?.filter((job) => !isUnderWay(job))
    .map(({ id }) => id)
    .join()
  useEffect(() => {
    if (ended === undefined) return
    if (before.current !== undefined && before.current !== ended)
      for (const resource of ['coupons', 'campaigns', 'home']) void client.invalidateQueries({ queryKey: [resource] })
    before.current = ended
  }, [ended, client])
}

function ActiveJob({ job }: { job: CodeJob }) {
  const share = job.wanted > 0 ? Math.min(100, (job.done / job.wanted) * 100) : 0
  const cancel = useAction({
    run: () => post<CodeJob>(`/v1/code-jobs/${job.id}/cancel`),
    refreshes: ['code-jobs', 'coupons'],
    onDone: ({ done }) => showDone(`Cancelled. ${plural(done, 'code was', 'codes were')} added before.`),
  })
  const ask = () =>
    askToConfirm({
      title: 'Stop adding codes?',
      body: `${plural(job.done, 'code')} of ${formatCount(job.wanted)} are there already; they stay.`,
      confirm: 'Stop adding',
      dangerous: true,
      onConfirm: () => cancel.mutate(),
    })
  return (
    <Paper p="lg">
      <Group justify="space-between" mb="sm">
        <Text fw={650}>
          Adding {formatCount(job.wanted)} codes{job.kind === 'upload' && ' from a file'}
        </Text>
        <Button size="xs" variant="default" onClick={ask} loading={cancel.isPending}>
          Stop
        </Button>
      </Group>
      <Progress value={share} size="lg" animated aria-label={`Adding codes: ${Math.round(share)} %`} />
      <SpokenProgress share={share / 100} what="the codes" />
      <Group gap="lg" mt="sm" className="oc-figure">
        <Text size="sm" fw={600}>
          {formatCount(job.done)} of {formatCount(job.wanted)}
        </Text>
        {job.ratePerSecond !== null && (
          <Text size="sm" c="dimmed">
            {formatCount(Math.round(job.ratePerSecond))} a second
          </Text>
        )}
        <ReadyAt readyAt={job.readyAt} />
      </Group>
    </Paper>
  )
}

function ReadyAt({ readyAt }: { readyAt: string | null }) {
  if (!readyAt) return null
  const left = (new Date(readyAt).getTime() - Date.now()) / 1000
  return (
    <Text size="sm" c="dimmed">
      {left > 1 ? `${formatDuration(left)} left, ready at ` : 'ready at '}
      <Moment at={readyAt} zone />
    </Text>
  )
}

function FinishedJob({ job }: { job: CodeJob }) {
  const [open, { open: show, close }] = useDisclosure(false)
  return (
    <>
      <Group gap="sm" role="status">
        <StateBadge state={job.state} />
        <Text size="sm">
          {plural(job.done, 'code was', 'codes were')} added <Moment at={job.finishedAt ?? job.createdAt} />
          {job.state === 'cancelled' && ` of ${formatCount(job.wanted)}; then it was stopped`}.
        </Text>
        {job.skipped > 0 && (
          <Button size="compact-sm" variant="light" color="orange" onClick={show}>
            {plural(job.skipped, 'row was', 'rows were')} left out
          </Button>
        )}
      </Group>
      {job.error && (
        <Alert color="red" icon={<IconAlertTriangle />} role="alert">
          {job.error}
        </Alert>
      )}
      <Modal opened={open} onClose={close} title="Rows of the file that were left out" size="lg">
        <RowErrors
          count={job.skipped}
          pages={codeJobErrorPages(job.id)}
          path={`/v1/code-jobs/${job.id}/errors`}
          fileName="codes-left-out.csv"
        />
      </Modal>
    </>
  )
}
