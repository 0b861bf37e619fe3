import { Alert, Grid, Paper, SegmentedControl, Skeleton, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import type { Message } from '../../../../contract/messages.ts'
import { messageContentQuery, messageQuery } from '../../api/messages.ts'
import type { MessageContent } from '../../api/types.ts'
import { plural } from '../../lib/format.ts'
import { Definitions } from '../../parts/Definitions.tsx'
import { Code, Moment } from '../../parts/figures.tsx'
import { Loaded } from '../../parts/Loaded.tsx'
import { TextLink } from '../../parts/links.tsx'
import { MailFrame } from '../../parts/MailFrame.tsx'
import { Page } from '../../parts/Page.tsx'
import { StateBadge } from '../../parts/StateBadge.tsx'
import { PATHS } from '../../paths.ts'
import { PROVIDER_NAME } from '../settings/senders/providers.ts'
import { reasonText, STATE_TEXT } from './message-states.ts'

export function MessagePage() {
  const { messageId } = useParams({ from: PATHS.message })
  const query = useQuery(messageQuery(messageId))
  return <Loaded query={query}>{(message) => <MessageView message={message} />}</Loaded>
}

function MessageView({ message }: { message: Message }) {
  return (
    <Page
      title={message.subject ?? 'Message'}
      description={`To ${message.to}`}
      back={<TextLink to={PATHS.outbox}>Outbox</TextLink>}
    >
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Content messageId={message.id} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <MessageDetails message={message} />
        </Grid.Col>
      </Grid>
    </Page>
  )
}

function MessageDetails({ message }: { message: Message }) {
  return (
    <Stack gap="lg">
      <Paper p="lg">
        <Title order={2} mb="sm">
          <StateBadge state={message.state} />
        </Title>
        <Text size="sm">{STATE_TEXT[message.state]}</Text>
        {message.reason && (
          <Text size="sm" mt="xs" className="oc-wrap">
            {reasonText(message.reason)}
          </Text>
        )}
        {message.deferredUntil && (
          <Text size="sm" mt="xs">
            Next try: <Moment at={message.deferredUntil} zone />
          </Text>
        )}
        {message.nextAskAt && (
          <Text size="sm" mt="xs">
            The provider is asked what became of it: <Moment at={message.nextAskAt} zone />
          </Text>
        )}
      </Paper>
      {message.codes.length > 0 && (
        <Paper p="lg">
          <Title order={2} mb="md">
            Codes in it
          </Title>
          <Stack gap="sm">
            {message.codes.map(({ coupon, code, expiresAt }) => (
              <div key={code}>
                <Text size="sm" c="dimmed">
                  {coupon}
                  {expiresAt && (
                    <>
                      , until <Moment at={expiresAt} zone />
                    </>
                  )}
                </Text>
                <Code code={code} />
              </div>
            ))}
          </Stack>
        </Paper>
      )}
      <Paper p="lg">
        <Title order={2} mb="md">
          Details
        </Title>
        <Definitions
          items={[
            [
              'Person',
              message.profileId ? (
                <TextLink key="person" to={PATHS.profile} params={{ profileId: message.profileId }}>
                  {message.to}
                </TextLink>
              ) : (
                'a tester'
              ),
            ],
            [
              'Campaign',
              message.campaignId ? (
                <TextLink key="campaign" to={PATHS.campaign} params={{ campaignId: message.campaignId }}>
                  {message.campaignName ?? 'Campaign'}
                </TextLink>
              ) : message.kind === 'resend' ? (
                'sent again by hand'
              ) : (
                '–'
              ),
            ],
            ['Went through', PROVIDER_NAME[message.channel]],
            ['Made', <Moment key="made" at={message.createdAt} zone />],
            ['Sent', <Moment key="sent" at={message.sentAt} zone />],
            ['Opened', <Times key="opened" count={message.opens} first={message.openedAt} />],
            ['Clicked', <Times key="clicked" count={message.clicks} first={message.clickedAt} />],
          ]}
        />
      </Paper>
    </Stack>
  )
}

/** How often something happened, and when first. */
function Times({ count, first }: { count: number; first: string | null }) {
  if (count === 0 || first === null) return '–'
  return (
    <>
      {plural(count, 'time', 'times')}, first <Moment at={first} zone />
    </>
  )
}

type View = 'mail' | 'text'

function Content({ messageId }: { messageId: string }) {
  const query = useQuery(messageContentQuery(messageId))
  const [view, setView] = useState<View>('mail')
  if (query.isPending) return <Skeleton h={480} radius="lg" role="status" aria-label="Loading" />
  if (!query.data)
    return (
      <Alert color="gray" title="There is no mail to show">
        The message did not go through the outbox, or it is not sent yet.
      </Alert>
    )
  const isText = query.data.html === ''
  return (
    <Paper style={{ overflow: 'hidden' }} component="section" aria-label="The message">
      <Headers content={query.data} />
      {isText || (
        <SegmentedControl
          aria-label="Part of the mail"
          m="md"
          size="xs"
          value={view}
          onChange={(value) => setView(value === 'text' ? 'text' : 'mail')}
          data={[
            { value: 'mail', label: 'Mail' },
            { value: 'text', label: 'Plain text' },
          ]}
        />
      )}
      {view === 'mail' && !isText ? (
        <MailFrame title="The mail as it was sent" html={query.data.html} />
      ) : (
        <Text
          component="pre"
          size="sm"
          px="lg"
          py="lg"
          m={0}
          style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}
        >
          {query.data.text}
        </Text>
      )}
    </Paper>
  )
}

function Headers({ content }: { content: MessageContent }) {
  return (
    <div style={{ padding: 20, borderBottom: '1px solid var(--oc-line)' }}>
      <Definitions
        items={[
          ['From', content.from],
          ['To', content.to],
          ['Subject', content.subject || '–'],
          ['File', content.file],
        ]}
      />
    </div>
  )
}
