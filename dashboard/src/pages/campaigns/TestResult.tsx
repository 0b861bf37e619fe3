import { Button, Group, Paper, Text, Title } from '@mantine/core'
import { IconTrophy } from '@tabler/icons-react'
import type { Campaign } from '../../../../contract/campaigns.ts'
import { useRole } from '../../api/account.ts'
import { post } from '../../api/api.ts'
import type { CampaignReport } from '../../api/types.ts'
import { useAction } from '../../api/use-action.ts'
import { formatCount, formatShare } from '../../lib/format.ts'
import { askToConfirm } from '../../parts/confirm.tsx'
import { type Column, RowsTable } from '../../parts/DataTable.tsx'
import { Moment } from '../../parts/figures.tsx'

type Variant = CampaignReport['variants'][number]
type Row = Variant & { name: string; isWinner: boolean }
type Props = { campaign: Campaign; report: CampaignReport }

const share = (count: number, sent: number): string =>
  `${formatCount(count)} · ${formatShare(sent === 0 ? null : count / sent)}`
const COLUMNS: Column<Row>[] = [
  {
    id: 'name',
    header: 'Message',
    cell: ({ name, isWinner }) => (
      <Group gap={6} wrap="nowrap">
        {isWinner && <IconTrophy size={16} color="var(--mantine-color-honey-6)" aria-label="Winner" />}
        <Text size="sm" fw={600} className="oc-wrap">
          {name}
        </Text>
      </Group>
    ),
  },
  { id: 'sent', header: 'Sent', align: 'right', cell: ({ sent }) => formatCount(sent) },
  { id: 'opened', header: 'Opened', align: 'right', phone: 'hidden', cell: (row) => share(row.opened, row.sent) },
  { id: 'clicked', header: 'Clicked', align: 'right', phone: 'hidden', cell: (row) => share(row.clicked, row.sent) },
  { id: 'redeemed', header: 'Redeemed', align: 'right', cell: (row) => share(row.redeemed, row.sent) },
]
const METRIC = { redeemed: 'redeemed codes', clicked: 'clicks', opened: 'opens' }

/** The two messages of a test side by side, and the buttons to pick one while that is open. */
export function TestResult({ campaign, report }: Props) {
  const { ab } = campaign
  if (!ab) return null
  const nameOf = { a: campaign.templateName, b: ab.templateName }
  const rows = report.variants.map((row) => ({
    ...row,
    name: nameOf[row.variant],
    isWinner: ab.winner === row.variant,
  }))
  return (
    <Paper p="lg">
      <Title order={2} mb="xs">
        The test
      </Title>
      <Text size="sm" c="dimmed" mb="md">
        <Outcome campaign={campaign} ab={ab} />
      </Text>
      {rows.length > 0 && (
        <RowsTable plain label="The two messages" columns={COLUMNS} rows={rows} rowKey={({ variant }) => variant} />
      )}
      <Pick campaign={campaign} ab={ab} />
    </Paper>
  )
}

type TestProps = { campaign: Campaign; ab: NonNullable<Campaign['ab']> }

function Outcome({ campaign, ab }: TestProps) {
  if (ab.winner) return <>{ab.winner === 'a' ? campaign.templateName : ab.templateName} goes to the rest.</>
  if (ab.sharePercent === 100) return <>Everybody takes part; there is no rest.</>
  if (campaign.state === 'cancelled') return <>Cancelled before the winner was picked.</>
  return ab.decidesAt ? (
    <>
      The one with more {METRIC[ab.metric]} goes to the rest <Moment at={ab.decidesAt} zone />.
    </>
  ) : (
    <>The rest wait until somebody picks the winner.</>
  )
}

function Pick({ campaign, ab }: TestProps) {
  const { canWrite } = useRole()
  const pick = useAction({
    run: (winner: 'a' | 'b') => post<Campaign>(`/v1/campaigns/${campaign.id}/pick-winner`, { winner }),
    refreshes: ['campaigns'],
  })
  const isOpen = ab.winner === null && ab.sharePercent < 100 && ['sending', 'paused'].includes(campaign.state)
  if (!isOpen || !canWrite) return null
  const ask = (winner: 'a' | 'b', name: string) =>
    askToConfirm({
      title: `Send ${name} to the rest?`,
      body: 'Everybody who took no part in the test gets it at once. This cannot be undone.',
      confirm: 'Send it to the rest',
      onConfirm: () => pick.mutate(winner),
    })
  return (
    <Group gap="sm" mt="md">
      {(
        [
          ['a', campaign.templateName],
          ['b', ab.templateName],
        ] as const
      ).map(([winner, name]) => (
        <Button key={winner} variant="default" loading={pick.isPending} onClick={() => ask(winner, name)}>
          Pick {name}
        </Button>
      ))}
    </Group>
  )
}
