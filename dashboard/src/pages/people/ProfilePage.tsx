import { Alert, Button, Grid, Paper, Stack, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconMailOff, IconPencil, IconTicket } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { ProfileDetail } from '../../../../contract/people.ts'
import { useRole } from '../../api/account.ts'
import { profileQuery } from '../../api/people.ts'
import { type Column, RowsTable } from '../../parts/DataTable.tsx'
import { Definitions } from '../../parts/Definitions.tsx'
import { Code, Moment } from '../../parts/figures.tsx'
import { Loaded } from '../../parts/Loaded.tsx'
import { TextLink } from '../../parts/links.tsx'
import { Page } from '../../parts/Page.tsx'
import { StateBadge } from '../../parts/StateBadge.tsx'
import { PATHS } from '../../paths.ts'
import { CodeMenu } from '../codes/CodeMenu.tsx'
import { isWaiting, RevocationNote, WAITING_INTERVAL_MS } from '../codes/RevocationNote.tsx'
import { Feed } from './Feed.tsx'
import { GiveCodeDialog } from './GiveCodeDialog.tsx'
import { PersonDialog } from './PersonDialog.tsx'
import { ProfileLists } from './ProfileLists.tsx'
import { personName } from './person-parts.tsx'

export function ProfilePage() {
  const { profileId } = useParams({ from: PATHS.profile })
  const query = useQuery({
    ...profileQuery(profileId),
    refetchInterval: ({ state: { data } }) => (data?.codes.some(isWaiting) ? WAITING_INTERVAL_MS : false),
  })
  return <Loaded query={query}>{(profile) => <ProfileContent profile={profile} />}</Loaded>
}

function ProfileContent({ profile }: { profile: ProfileDetail }) {
  return (
    <Page
      title={personName(profile)}
      description={profile.email}
      back={<TextLink to={PATHS.people}>People</TextLink>}
      actions={<ProfileActions profile={profile} />}
    >
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Stack gap="lg">
            <Codes profile={profile} />
            <Paper p="lg">
              <Title order={2} mb="md">
                Activity
              </Title>
              <Feed profileId={profile.id} />
            </Paper>
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Stack gap="lg">
            <Suppressed profile={profile} />
            <Details profile={profile} />
          </Stack>
        </Grid.Col>
      </Grid>
    </Page>
  )
}

const SUPPRESSED_TEXT: Record<ProfileDetail['suppressions'][number]['reason'], string> = {
  bounced: 'messages to it came back',
  complained: 'the person marked a message as spam',
  unsubscribed: 'the person unsubscribed',
  manual: 'somebody put it on the list',
}

/** Addresses of this person that get nothing, and why. */
function Suppressed({ profile: { suppressions } }: { profile: ProfileDetail }) {
  if (suppressions.length === 0) return null
  return (
    <Alert color="honey" icon={<IconMailOff />} title="Nothing is sent to this address">
      {suppressions.map(({ id, address, reason }) => (
        <Text key={id} size="sm" className="oc-wrap">
          {address}: {SUPPRESSED_TEXT[reason]}.{' '}
          <TextLink to={PATHS.settings} search={{ tab: 'suppression', search: address }} size="sm">
            Open the list
          </TextLink>
        </Text>
      ))}
    </Alert>
  )
}

function ProfileActions({ profile }: { profile: ProfileDetail }) {
  const { canEditPeople } = useRole()
  const [giving, give] = useDisclosure(false)
  const [editing, edit] = useDisclosure(false)
  return (
    <>
      {canEditPeople && (
        <Button leftSection={<IconTicket size={18} aria-hidden />} onClick={give.open}>
          Give a code
        </Button>
      )}
      {canEditPeople && (
        <Button variant="default" leftSection={<IconPencil size={17} aria-hidden />} onClick={edit.open}>
          Edit
        </Button>
      )}
      <GiveCodeDialog profile={profile} opened={giving} onClose={give.close} />
      <PersonDialog profile={profile} opened={editing} onClose={edit.close} />
    </>
  )
}

const codeColumns = (person: string): Column<ProfileDetail['codes'][number]>[] => [
  {
    id: 'code',
    header: 'Code',
    cell: ({ code, couponId, couponName, revocation }) => (
      <Stack gap={4} align="flex-start">
        <Code code={code} />
        <Text size="xs" c="dimmed">
          of{' '}
          <TextLink to={PATHS.coupon} params={{ couponId }}>
            {couponName}
          </TextLink>
        </Text>
        <RevocationNote revocation={revocation} />
      </Stack>
    ),
  },
  { id: 'state', header: 'State', cell: ({ state }) => <StateBadge state={state} /> },
  { id: 'expires', header: 'Expires', phone: 'hidden', cell: ({ expiresAt }) => <Moment at={expiresAt} /> },
  {
    id: 'actions',
    header: '',
    align: 'right',
    cell: (code) => code.state === 'open' && <CodeMenu code={{ ...code, person }} />,
  },
]

function Codes({ profile }: { profile: ProfileDetail }) {
  return (
    <Paper p="lg">
      <Title order={2} mb="md">
        Codes
      </Title>
      {profile.codes.length === 0 ? (
        <Text size="sm" c="dimmed">
          No code was given to this person yet.
        </Text>
      ) : (
        <RowsTable
          plain
          label="Codes"
          columns={codeColumns(personName(profile))}
          rows={profile.codes}
          rowKey={({ id }) => id}
        />
      )}
    </Paper>
  )
}

function Details({ profile }: { profile: ProfileDetail }) {
  const properties = Object.entries(profile.properties)
  return (
    <Stack gap="lg">
      <Paper p="lg">
        <Title order={2} mb="md">
          Details
        </Title>
        <Definitions
          items={[
            ['Email', profile.email ?? '–'],
            ['Phone', profile.phone ?? '–'],
            ['Email consent', <StateBadge key="email" state={profile.emailConsent} />],
            ['SMS consent', <StateBadge key="sms" state={profile.smsConsent} />],
            ['Known since', <Moment key="since" at={profile.createdAt} zone />],
          ]}
        />
      </Paper>
      <ProfileLists profile={profile} />
      {properties.length > 0 && (
        <Paper p="lg">
          <Title order={2} mb="md">
            Properties
          </Title>
          <Definitions
            items={properties.map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)])}
          />
        </Paper>
      )}
    </Stack>
  )
}
