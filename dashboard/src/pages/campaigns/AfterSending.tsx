import { Button, Group, Text } from '@mantine/core'
import { IconSend } from '@tabler/icons-react'
import type { Campaign } from '../../../../contract/campaigns.ts'
import { useRole } from '../../api/account.ts'
import { post } from '../../api/api.ts'
import { useAction } from '../../api/use-action.ts'
import { formatShare, plural } from '../../lib/format.ts'
import { askToConfirm } from '../../parts/confirm.tsx'
import { Moment } from '../../parts/figures.tsx'
import { showDone } from '../../parts/toasts.ts'

/** Share of complaints from which on a sender's name suffers. Source: Gmail's sender guidelines (below 0.1 %). */
const HIGH_COMPLAINTS = 0.001

/** What the provider told of the mails that are out; nothing where it tells nothing. */
export function Feedback({ campaign: { counts } }: { campaign: Campaign }) {
  const out = counts.sent + counts.rejected
  if (out === 0 || counts.delivered + counts.bounced + counts.complained === 0) return null
  const share = (count: number) => formatShare(count / out)
  const isHigh = counts.complained / out >= HIGH_COMPLAINTS
  return (
    <Group gap="lg" mt="sm">
      {counts.delivered > 0 && <Text size="sm">{plural(counts.delivered, 'mail')} arrived</Text>}
      {counts.bounced > 0 && (
        <Text size="sm">
          {plural(counts.bounced, 'mail')} came back ({share(counts.bounced)})
        </Text>
      )}
      {counts.complained > 0 && (
        <Text size="sm" {...(isHigh ? { c: 'red', fw: 600 } : {})}>
          {plural(counts.complained, 'person', 'people')} marked it as spam ({share(counts.complained)}
          {isHigh && ', too many: stay below 0.1 %'})
        </Text>
      )}
    </Group>
  )
}

/** What will become of unknown messages by itself. */
function Asked({ campaign: { counts, nextAskAt, state } }: { campaign: Campaign }) {
  if (counts.asked === 0 || nextAskAt === null) return null
  const whom = counts.asked === counts.unknown ? 'them' : `${counts.asked} of them`
  return (
    <>
      The provider is being asked about {whom}, next <Moment at={nextAskAt} zone />: what it has counts as sent; what
      never arrived {state === 'cancelled' ? 'is cancelled' : 'goes out again by itself'}.
    </>
  )
}

/** Messages whose answer was lost: what is done about them, and the button that sends them again. */
export function Unknown({ campaign }: { campaign: Campaign }) {
  const { canWrite } = useRole()
  const { unknown, asked } = campaign.counts
  const resend = useAction({
    run: () => post<{ count: number }>(`/v1/campaigns/${campaign.id}/resend-unknown`),
    refreshes: ['campaigns', 'messages'],
    onDone: ({ count }) => showDone(`${plural(count, 'message goes', 'messages go')} out again.`),
  })
  if (unknown === 0) return null
  const ask = () =>
    askToConfirm({
      title: `Send again to ${plural(unknown, 'person', 'people')}?`,
      body: `${asked > 0 ? 'The provider is still being asked: wait for its answer if you can. ' : ''}They may have the message already and then get it twice, with the same code. Everybody else gets nothing.`,
      confirm: `Send again to ${plural(unknown, 'person', 'people')}`,
      onConfirm: () => resend.mutate(),
    })
  return (
    <Group mt="md" gap="sm" align="center">
      <Text size="sm" c="dimmed" maw={560}>
        “Unknown” means that the answer of the provider was lost. Such a message may have arrived; it is never sent
        twice by guessing. <Asked campaign={campaign} />
      </Text>
      {canWrite && campaign.state !== 'cancelled' && (
        <Button
          variant="default"
          size="sm"
          leftSection={<IconSend size={16} aria-hidden />}
          loading={resend.isPending}
          onClick={ask}
        >
          Send again to {unknown}
        </Button>
      )}
    </Group>
  )
}
