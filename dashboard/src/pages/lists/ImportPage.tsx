import { Button, Group, Paper, Radio, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import type { PeopleImport } from '../../../../contract/people.ts'
import { listQuery } from '../../api/people.ts'
import { useUpload } from '../../api/use-upload.ts'
import { TextLink } from '../../parts/links.tsx'
import { Page } from '../../parts/Page.tsx'
import { UploadProgress } from '../../parts/UploadProgress.tsx'
import { PATHS } from '../../paths.ts'
import { FileDrop } from './FileDrop.tsx'
import { ImportProgress } from './ImportProgress.tsx'

type Consent = 'column' | 'subscribed'

export function ImportPage() {
  const { listId } = useParams({ from: PATHS.importPeople })
  const { importId } = useSearch({ from: PATHS.importPeople })
  const list = useQuery(listQuery(listId))
  return (
    <Page
      title="Import people"
      description={list.data && `Into the list ${list.data.name}.`}
      back={
        <TextLink to={PATHS.list} params={{ listId }}>
          {list.data?.name ?? 'List'}
        </TextLink>
      }
    >
      {importId ? <ImportProgress listId={listId} importId={importId} /> : <ImportForm listId={listId} />}
    </Page>
  )
}

function ImportForm({ listId }: { listId: string }) {
  const navigate = useNavigate({ from: PATHS.importPeople })
  const [file, setFile] = useState<File | null>(null)
  const [consent, setConsent] = useState<Consent>('column')
  const start = useUpload<PeopleImport>({
    refreshes: ['lists', 'profiles'],
    onDone: ({ id }) => void navigate({ search: { importId: id } }),
  })
  const send = () =>
    file && start.send({ path: `/v1/lists/${listId}/import`, file, query: { fileName: file.name, consent } })
  return (
    <Paper p="lg" maw={760}>
      <Stack gap="xl">
        <section>
          <Title order={2} mb="xs">
            1. The file
          </Title>
          <Text size="sm" c="dimmed" mb="md">
            A CSV file with a header line and an Email or Phone column. The customer export of Shopify fits as it is.
            Importing the same file twice adds nobody twice.
          </Text>
          <FileDrop file={file} onFile={setFile} />
        </section>
        <section>
          <Title order={2} mb="xs" id="consent-title">
            2. Their consent
          </Title>
          <ConsentChoice consent={consent} onConsent={setConsent} />
        </section>
        {start.isPending && <UploadProgress share={start.share} />}
        <Group>
          <Button size="md" disabled={!file} loading={start.isPending} onClick={send}>
            Start the import
          </Button>
          {!file && (
            <Text size="sm" c="dimmed">
              Choose a file first.
            </Text>
          )}
        </Group>
      </Stack>
    </Paper>
  )
}

function ConsentChoice({ consent, onConsent }: { consent: Consent; onConsent: (consent: Consent) => void }) {
  return (
    <Radio.Group
      aria-labelledby="consent-title"
      value={consent}
      onChange={(value) => onConsent(value === 'subscribed' ? 'subscribed' : 'column')}
    >
      <Stack gap="sm">
        <div className="oc-choice">
          <Radio
            value="column"
            label="As the file says"
            description="Who says yes in “Accepts Email Marketing” is subscribed; everybody else is imported, but gets no campaigns."
          />
        </div>
        <div className="oc-choice">
          <Radio
            value="subscribed"
            label="All of them agreed to marketing"
            description="Choose this only if you can prove it, for example with a signed form. Somebody who unsubscribed before stays unsubscribed."
          />
        </div>
      </Stack>
    </Radio.Group>
  )
}
