import { Alert, Group, Paper, Progress, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { PeopleImport } from '../../../../contract/people.ts'
import { importErrorPages, importQuery } from '../../api/people.ts'
import { formatCount, plural } from '../../lib/format.ts'
import { Stat } from '../../parts/figures.tsx'
import { Loaded } from '../../parts/Loaded.tsx'
import { ButtonLink } from '../../parts/links.tsx'
import { RowErrors } from '../../parts/RowErrors.tsx'
import { PATHS } from '../../paths.ts'

type Props = { listId: string; importId: string }

export function ImportProgress({ listId, importId }: Props) {
  const client = useQueryClient()
  const query = useQuery(importQuery(importId))
  const finished = query.data !== undefined && query.data.state !== 'running'
  useEffect(() => {
    if (!finished) return
    for (const key of ['lists', 'profiles', 'home']) void client.invalidateQueries({ queryKey: [key] })
  }, [finished, client])
  return (
    <Loaded query={query}>
      {(run) => (
        <Stack gap="lg">
          {run.state === 'running' ? <Running run={run} /> : <Result run={run} listId={listId} />}
          {run.bad > 0 && run.state !== 'running' && (
            <Paper p="lg">
              <RowErrors
                count={run.bad}
                pages={importErrorPages(run.id)}
                path={`/v1/imports/${run.id}/errors`}
                fileName="rows-left-out.csv"
              />
            </Paper>
          )}
        </Stack>
      )}
    </Loaded>
  )
}

function Running({ run }: { run: PeopleImport }) {
  return (
    <Paper p="lg">
      <Title order={2} mb="sm" className="oc-wrap">
        Importing {run.fileName}
      </Title>
      <Progress value={100} animated size="lg" aria-label="The import is running" />
      <Text size="sm" mt="sm" className="oc-figure">
        {plural(run.read, 'row')} read so far.
      </Text>
    </Paper>
  )
}

function Result({ run, listId }: { run: PeopleImport; listId: string }) {
  return (
    <>
      {run.state === 'failed' ? (
        <Alert color="red" icon={<IconAlertTriangle />} title="The import stopped" role="alert">
          {run.error ?? 'Something went wrong.'} What was read before is in; import the file again when it is mended.
        </Alert>
      ) : (
        <Alert color="pine" icon={<IconCircleCheck />} title="The import is finished" role="status">
          {plural(run.read, 'row was', 'rows were')} read from {run.fileName}: {plural(run.joined, 'person', 'people')}{' '}
          joined the list, {plural(run.bad, 'row was', 'rows were')} left out.
        </Alert>
      )}
      <SimpleGrid cols={{ base: 2, sm: 3, md: 6 }}>
        <Stat label="Rows read" value={formatCount(run.read)} />
        <Stat label="New people" value={formatCount(run.added)} />
        <Stat label="Updated" value={formatCount(run.updated)} />
        <Stat label="Unchanged" value={formatCount(run.unchanged)} />
        <Stat label="Repeated" value={formatCount(run.repeated)} hint="same person twice in the file" />
        <Stat label="Left out" value={formatCount(run.bad)} />
      </SimpleGrid>
      <Group>
        <ButtonLink to={PATHS.list} params={{ listId }}>
          Go to the list
        </ButtonLink>
        <ButtonLink to={PATHS.importPeople} params={{ listId }} search={{}} variant="default">
          Import another file
        </ButtonLink>
      </Group>
    </>
  )
}
