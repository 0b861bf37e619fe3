import { Button, Group, Modal, Paper, Stack, Text, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { IconCalendarTime, IconSend } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { Campaign } from '../../../../contract/campaigns.ts'
import { useRole, useTimeZone } from '../../api/account.ts'
import { post } from '../../api/api.ts'
import { reviewQuery } from '../../api/messages.ts'
import { useAction } from '../../api/use-action.ts'
import { checkWhen, toWhen, type WhenValues, whenValues } from '../../lib/when-values.ts'
import { askToConfirm } from '../../parts/confirm.tsx'
import { EntryForm } from '../../parts/EntryForm.tsx'
import { Moment } from '../../parts/figures.tsx'
import { Loaded } from '../../parts/Loaded.tsx'
import { CodesNeeded } from './CodesNeeded.tsx'
import { MessageBox, Recipients, WhenBox } from './ReviewParts.tsx'
import { WhenFields } from './WhenFields.tsx'

/** A campaign that waits for its time: what is planned, and what can still be done about it. */
export function Scheduled({ campaign }: { campaign: Campaign }) {
  const query = useQuery(reviewQuery(campaign.id))
  return (
    <Stack gap="lg">
      <Paper p="lg">
        <Group justify="space-between">
          <div>
            <Title order={2}>
              Starts <Moment at={campaign.startsAt} zone />
            </Title>
            <Text size="sm" c="dimmed">
              Its codes are reserved. Who is on the lists at the start gets it.
            </Text>
          </div>
          <Controls campaign={campaign} />
        </Group>
      </Paper>
      <Loaded query={query}>
        {(review) => (
          <>
            <Recipients campaign={campaign} review={review} />
            <CodesNeeded campaignId={campaign.id} coupons={review.coupons} />
            <WhenBox campaign={campaign} review={review} />
            <MessageBox campaign={campaign} review={review} />
          </>
        )}
      </Loaded>
    </Stack>
  )
}

function Controls({ campaign }: { campaign: Campaign }) {
  const { canWrite } = useRole()
  const [editing, { open, close }] = useDisclosure(false)
  const steer = useAction({
    run: (action: 'unschedule' | 'cancel') => post<Campaign>(`/v1/campaigns/${campaign.id}/${action}`),
    refreshes: ['campaigns', 'coupons'],
  })
  const sendNow = useAction({
    run: () => post<Campaign>(`/v1/campaigns/${campaign.id}/reschedule`, { when: { kind: 'now', spreadHours: 0 } }),
    refreshes: ['campaigns'],
  })
  const askToSend = () =>
    askToConfirm({
      title: 'Send it now?',
      body: 'It goes out at once instead of at its time. An email that is out cannot be called back.',
      confirm: 'Send now',
      onConfirm: () => sendNow.mutate(),
    })
  const askToUnschedule = () =>
    askToConfirm({
      title: `Make ${campaign.name} a draft again?`,
      body: 'Its reserved codes are given back, so that others may take them. Nothing was sent.',
      confirm: 'Unschedule',
      onConfirm: () => steer.mutate('unschedule'),
    })
  if (!canWrite) return null
  return (
    <Group gap="sm">
      <Button variant="default" leftSection={<IconCalendarTime size={17} aria-hidden />} onClick={open}>
        Change the time
      </Button>
      <Button
        variant="default"
        leftSection={<IconSend size={17} aria-hidden />}
        loading={sendNow.isPending}
        onClick={askToSend}
      >
        Send now
      </Button>
      <Button variant="default" loading={steer.isPending} onClick={askToUnschedule}>
        Unschedule
      </Button>
      <Modal opened={editing} onClose={close} title="When the campaign is sent" size="lg">
        <TimeForm campaign={campaign} onDone={close} />
      </Modal>
    </Group>
  )
}

function TimeForm({ campaign, onDone }: { campaign: Campaign; onDone: () => void }) {
  const timeZone = useTimeZone()
  const client = useQueryClient()
  const form = useForm<WhenValues>({
    initialValues: whenValues(campaign.when, timeZone),
    validate: (values) => checkWhen(values),
  })
  const save = async (values: WhenValues) => {
    await post<Campaign>(`/v1/campaigns/${campaign.id}/reschedule`, { when: toWhen(values, timeZone) })
    await client.invalidateQueries({ queryKey: ['campaigns'] })
    onDone()
  }
  return (
    <EntryForm form={form} submitLabel="Save the time" run={save}>
      <WhenFields form={form} />
    </EntryForm>
  )
}
