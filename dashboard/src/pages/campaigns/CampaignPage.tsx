import { ActionIcon, Group, Menu, Modal } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconDots, IconPencil, IconTrash } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import type { Campaign } from '../../../../contract/messages.ts'
import { useRole } from '../../api/account.ts'
import { patch, remove } from '../../api/api.ts'
import { campaignQuery } from '../../api/messages.ts'
import type { CreateCampaign } from '../../api/types.ts'
import { useAction } from '../../api/use-action.ts'
import { askToConfirm } from '../../parts/confirm.tsx'
import { Loaded } from '../../parts/Loaded.tsx'
import { TextLink } from '../../parts/links.tsx'
import { Page } from '../../parts/Page.tsx'
import { StateBadge } from '../../parts/StateBadge.tsx'
import { showDone } from '../../parts/toasts.ts'
import { PATHS } from '../../paths.ts'
import { CampaignForm } from './CampaignForm.tsx'
import { CampaignResult } from './CampaignResult.tsx'
import { Review } from './Review.tsx'

export function CampaignPage() {
  const { campaignId } = useParams({ from: PATHS.campaign })
  const query = useQuery(campaignQuery(campaignId))
  return <Loaded query={query}>{(campaign) => <CampaignContent campaign={campaign} />}</Loaded>
}

function CampaignContent({ campaign }: { campaign: Campaign }) {
  const { canWrite } = useRole()
  const draft = campaign.state === 'draft'
  return (
    <Page
      title={campaign.name}
      heading={
        <Group gap="sm" component="span">
          {campaign.name}
          <StateBadge state={campaign.state} />
        </Group>
      }
      description={
        <>
          <TextLink to={PATHS.template} params={{ templateId: campaign.templateId }}>
            {campaign.templateName}
          </TextLink>{' '}
          to the list{' '}
          <TextLink to={PATHS.list} params={{ listId: campaign.listId }}>
            {campaign.listName}
          </TextLink>
        </>
      }
      back={<TextLink to={PATHS.campaigns}>Campaigns</TextLink>}
      actions={draft && canWrite && <DraftMenu campaign={campaign} />}
    >
      {draft ? <Review campaign={campaign} /> : <CampaignResult campaign={campaign} />}
    </Page>
  )
}

function DraftMenu({ campaign }: { campaign: Campaign }) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const [editing, { open, close }] = useDisclosure(false)
  const drop = useAction({
    run: () => remove(`/v1/campaigns/${campaign.id}`),
    refreshes: ['campaigns'],
    onDone: () => {
      showDone(`${campaign.name} was deleted.`)
      void navigate({ to: PATHS.campaigns })
    },
  })
  const save = async (values: CreateCampaign) => {
    await patch(`/v1/campaigns/${campaign.id}`, values)
    await client.invalidateQueries({ queryKey: ['campaigns'] })
    close()
  }
  return (
    <>
      <Menu>
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label="More actions">
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={open}>
            Change name, list or template
          </Menu.Item>
          <Menu.Item
            color="red"
            leftSection={<IconTrash size={16} aria-hidden />}
            onClick={() =>
              askToConfirm({
                title: `Delete the draft ${campaign.name}?`,
                body: 'Nothing was sent. The list and the template stay.',
                confirm: 'Delete the draft',
                dangerous: true,
                onConfirm: () => drop.mutate(),
              })
            }
          >
            Delete the draft
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={editing} onClose={close} title="Change the campaign">
        <CampaignForm
          initial={{
            name: campaign.name,
            listId: campaign.listId,
            templateId: campaign.templateId,
            smartSending: campaign.smartSending,
          }}
          submitLabel="Save"
          run={save}
        />
      </Modal>
    </>
  )
}
