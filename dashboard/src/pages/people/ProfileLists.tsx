import { ActionIcon, Button, Group, Paper, Select, Stack, Text, Title, Tooltip } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ProfileDetail } from '../../../../contract/people.ts'
import { useRole } from '../../api/account.ts'
import { post } from '../../api/api.ts'
import { listMenuQuery } from '../../api/people.ts'
import { useAction } from '../../api/use-action.ts'
import { Moment } from '../../parts/figures.tsx'
import { TextLink } from '../../parts/links.tsx'
import { PATHS } from '../../paths.ts'

/** The lists that a person is on, to join and to leave. */
export function ProfileLists({ profile }: { profile: ProfileDetail }) {
  const { canEditPeople } = useRole()
  return (
    <Paper p="lg">
      <Title order={2} mb="md">
        Lists
      </Title>
      <Stack gap={6}>
        {profile.lists.length === 0 && (
          <Text size="sm" c="dimmed">
            On no list.
          </Text>
        )}
        {profile.lists.map((list) => (
          <Group key={list.id} justify="space-between" wrap="nowrap" gap="xs">
            <Text size="sm" className="oc-wrap">
              <TextLink to={PATHS.list} params={{ listId: list.id }}>
                {list.name}
              </TextLink>{' '}
              <Text span c="dimmed" size="xs">
                since <Moment at={list.joinedAt} />
              </Text>
            </Text>
            {canEditPeople && <LeaveList profileId={profile.id} list={list} />}
          </Group>
        ))}
        {canEditPeople && <JoinList profile={profile} />}
      </Stack>
    </Paper>
  )
}

function LeaveList({ profileId, list }: { profileId: string; list: { id: string; name: string } }) {
  const leave = useAction({
    run: () => post(`/v1/lists/${list.id}/members/remove`, { profileIds: [profileId] }),
    refreshes: ['profiles', 'lists'],
  })
  return (
    <Tooltip label="Remove from the list">
      <ActionIcon
        variant="subtle"
        color="gray"
        size="sm"
        aria-label={`Remove from ${list.name}`}
        loading={leave.isPending}
        onClick={() => leave.mutate()}
      >
        <IconX size={15} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
}

function JoinList({ profile }: { profile: ProfileDetail }) {
  const { data } = useQuery(listMenuQuery)
  const [listId, setListId] = useState<string | null>(null)
  const join = useAction({
    run: (chosen: string) => post(`/v1/lists/${chosen}/members`, { profileIds: [profile.id] }),
    refreshes: ['profiles', 'lists'],
    onDone: () => setListId(null),
  })
  const others = data?.items.filter(({ id }) => !profile.lists.some((list) => list.id === id)) ?? []
  if (others.length === 0) return null
  return (
    <Group gap="xs" mt="xs" wrap="nowrap">
      <Select
        flex={1}
        size="xs"
        aria-label="Add to a list"
        placeholder="Add to a list"
        searchable
        data={others.map(({ id, name }) => ({ value: id, label: name }))}
        value={listId}
        onChange={setListId}
      />
      <Button
        size="xs"
        variant="default"
        disabled={!listId}
        loading={join.isPending}
        onClick={() => listId && join.mutate(listId)}
      >
        Add
      </Button>
    </Group>
  )
}
