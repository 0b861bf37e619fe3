import { Alert, Button, Group, Modal, Select, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Profile } from '../../../../contract/people.ts'
import { post } from '../../api/api.ts'
import { couponMenuQuery } from '../../api/coupons.ts'
import type { AssignReply } from '../../api/types.ts'
import { useAction } from '../../api/use-action.ts'
import { plural } from '../../lib/format.ts'
import { Code, Moment } from '../../parts/figures.tsx'
import { personName } from './person-parts.tsx'

type Props = { profile: Profile; opened: boolean; onClose: () => void }

export function GiveCodeDialog({ profile, opened, onClose }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title={`Give ${personName(profile)} a code`}>
      <GiveCode profile={profile} onClose={onClose} />
    </Modal>
  )
}

const REFUSAL: Partial<Record<AssignReply['results'][number]['status'], string>> = {
  exhausted: 'No code of this coupon is available. Add codes to it first.',
  already_had: 'This person had their code, and this coupon gives each person one only. Choose another coupon.',
}

function GiveCode({ profile, onClose }: Omit<Props, 'opened'>) {
  const { data, isPending } = useQuery(couponMenuQuery)
  const [couponId, setCouponId] = useState<string | null>(null)
  const [entry] = useState(() => `by hand ${new Date().toISOString()}`)
  const give = useAction({
    run: (coupon: string) =>
      post<AssignReply>('/v1/assignments', { coupon, profiles: [{ profileId: profile.id }], entry }),
    refreshes: ['profiles', 'coupons'],
  })
  const result = give.data?.results[0]
  if (result?.code) return <Given result={result} onClose={onClose} />
  return (
    <Stack>
      <Select
        label="Coupon"
        placeholder={isPending ? 'Loading…' : 'Choose a coupon'}
        searchable
        data-autofocus
        nothingFoundMessage="No coupon matches"
        data={(data?.items ?? []).map(({ id, name, counts }) => ({
          value: id,
          label: `${name} · ${plural(counts.available, 'code')} available`,
        }))}
        value={couponId}
        onChange={setCouponId}
      />
      {result && (
        <Alert color="red" icon={<IconAlertTriangle />} role="alert">
          {REFUSAL[result.status] ?? 'This person is not known any more.'}
        </Alert>
      )}
      <Text size="sm" c="dimmed">
        Someone who has an open code keeps that one, except of a coupon that gives a new code each time. It is written
        into the activity log.
      </Text>
      <Group>
        <Button disabled={!couponId} loading={give.isPending} onClick={() => couponId && give.mutate(couponId)}>
          Give a code
        </Button>
      </Group>
    </Stack>
  )
}

function Given({ result, onClose }: { result: AssignReply['results'][number]; onClose: () => void }) {
  return (
    <Stack align="flex-start" role="status">
      <Text size="sm">
        {result.status === 'kept' ? 'This person had an open code already and keeps it:' : 'The code is:'}
      </Text>
      <Code code={result.code ?? ''} />
      {result.expiresAt && (
        <Text size="sm" c="dimmed">
          It holds until <Moment at={result.expiresAt} zone />.
        </Text>
      )}
      <Button onClick={onClose} data-autofocus>
        Done
      </Button>
    </Stack>
  )
}
