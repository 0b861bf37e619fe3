import { Alert, Badge, Button, Code, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { IconKey, IconWorldCheck } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { DnsCheck, DnsRecord, SendingDomain } from '../../../../contract/domains.ts'
import { useRole } from '../../api/account.ts'
import { post } from '../../api/api.ts'
import { sendingDomainQuery } from '../../api/senders.ts'
import { useAction } from '../../api/use-action.ts'
import { CopyButton } from '../../parts/CopyButton.tsx'
import { Definitions } from '../../parts/Definitions.tsx'
import { Moment } from '../../parts/figures.tsx'
import { Loaded } from '../../parts/Loaded.tsx'
import { TextLink } from '../../parts/links.tsx'
import { PATHS } from '../../paths.ts'
import { PROVIDER_NAME } from './senders/providers.ts'

/** The domain that mails come from: what its DNS needs, and what stands there. */
export function DomainTab() {
  const query = useQuery(sendingDomainQuery)
  return <Loaded query={query}>{(sending) => <Domain sending={sending} />}</Loaded>
}

function Domain({ sending }: { sending: SendingDomain }) {
  if (sending.domain === null)
    return (
      <Alert color="gray" maw={760} title="There is no domain yet">
        Set the address that your mails come from, in the{' '}
        <TextLink to={PATHS.settings} search={{ tab: 'senders' }} inherit>
          sender
        </TextLink>{' '}
        or the account. Its domain is checked here.
      </Alert>
    )
  if (sending.isFreemail)
    return (
      <Alert color="red" maw={760} title={`Mail of ${sending.domain} cannot be proven`}>
        Nobody but its provider may send bulk mail from there: mailboxes refuse it. Send from an address of a domain of
        your own.
      </Alert>
    )
  return (
    <Stack maw={860}>
      <Head sending={sending} />
      {sending.provider === 'outbox' ? (
        <Alert color="gray">
          Mails go to the outbox and leave this server not at all: there is nothing to prove yet.
        </Alert>
      ) : (
        sending.records.map((record) => (
          <RecordBox
            key={`${record.kind} ${record.host}`}
            record={record}
            check={sending.checks?.find(({ kind }) => kind === record.kind)}
          />
        ))
      )}
    </Stack>
  )
}

function Head({ sending }: { sending: SendingDomain }) {
  const { canAdmin } = useRole()
  const client = useQueryClient()
  const keep = (next: SendingDomain) => client.setQueryData(sendingDomainQuery.queryKey, next)
  const check = useAction({
    run: () => post<SendingDomain>('/v1/sending-domain/check'),
    refreshes: ['campaigns'],
    onDone: keep,
  })
  const makeKey = useAction({ run: () => post<SendingDomain>('/v1/sending-domain/key'), onDone: keep })
  return (
    <Group justify="space-between" align="flex-start">
      <div style={{ minWidth: 0 }}>
        <Group gap="sm">
          <Title order={2} className="oc-wrap">
            {sending.domain}
          </Title>
          <Badge variant="light" color={sending.isVerified ? 'pine' : 'honey'} tt="none" radius="sm">
            {sending.isVerified ? 'verified' : 'not verified'}
          </Badge>
        </Group>
        <Text size="sm" c="dimmed">
          Mails go through {PROVIDER_NAME[sending.provider]}.{' '}
          {sending.checkedAt && (
            <>
              Checked <Moment at={sending.checkedAt} />.
            </>
          )}
        </Text>
        {sending.signsHere && !sending.hasKey && (
          <Text size="sm" mt={4} maw={520}>
            Onecode can sign the mails that go through your server, so that mailboxes know them for yours.
          </Text>
        )}
      </div>
      {canAdmin && sending.provider !== 'outbox' && (
        <Group gap="sm">
          {sending.signsHere && !sending.hasKey && (
            <Button
              variant="default"
              leftSection={<IconKey size={17} aria-hidden />}
              loading={makeKey.isPending}
              onClick={() => makeKey.mutate()}
            >
              Make the signing key
            </Button>
          )}
          <Button
            leftSection={<IconWorldCheck size={18} aria-hidden />}
            loading={check.isPending}
            onClick={() => check.mutate()}
          >
            Check the DNS now
          </Button>
        </Group>
      )}
    </Group>
  )
}

const KIND_TEXT: Record<DnsRecord['kind'], string> = {
  dkim: 'DKIM: the signature of your mails',
  spf: 'SPF: the servers that may send',
  dmarc: 'DMARC: what happens to forgeries',
}
const STATUS: Record<DnsCheck['status'], { text: string; color: string }> = {
  pass: { text: 'right', color: 'pine' },
  fail: { text: 'not right', color: 'red' },
  unknown: { text: 'not known', color: 'gray' },
}

function RecordBox({ record, check }: { record: DnsRecord; check: DnsCheck | undefined }) {
  return (
    <Paper p="lg" component="section" aria-label={KIND_TEXT[record.kind]}>
      <Group justify="space-between" mb={4}>
        <Text fw={650}>{KIND_TEXT[record.kind]}</Text>
        {check && (
          <Badge variant="light" color={STATUS[check.status].color} tt="none" radius="sm">
            {STATUS[check.status].text}
          </Badge>
        )}
      </Group>
      <Text size="sm" c="dimmed" mb="sm">
        {record.text}
      </Text>
      <Definitions
        items={[
          ['Type', record.type],
          ['Name', <Copied key="name" text={record.host} label="Copy the name" />],
          [
            'Value',
            record.value ? <Copied key="value" text={record.value} label="Copy the value" /> : 'see your provider',
          ],
          ...(check?.found
            ? [
                [
                  'Found',
                  <span key="found" className="oc-wrap">
                    {check.found}
                  </span>,
                ] as [string, ReactNode],
              ]
            : []),
        ]}
      />
      {check && check.advice !== '' && (
        <Text size="sm" mt="sm" c={check.status === 'fail' ? 'red' : 'dimmed'}>
          {check.advice}
        </Text>
      )}
    </Paper>
  )
}

function Copied({ text, label }: { text: string; label: string }) {
  return (
    <Group gap={6} wrap="nowrap" align="flex-start">
      <Code className="oc-wrap">{text}</Code>
      <CopyButton small text={text} label={label} />
    </Group>
  )
}
