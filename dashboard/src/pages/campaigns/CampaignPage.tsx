import { ActionIcon, Group, Menu } from '@mantine/core'
import { IconCopy, IconDots, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import type { Campaign } from '../../../../contract/campaigns.ts'
import { useRole } from '../../api/account.ts'
import { post, remove } from '../../api/api.ts'
import { campaignQuery } from '../../api/messages.ts'
import { useAction } from '../../api/use-action.ts'
import { askToConfirm } from '../../parts/confirm.tsx'
import { Loaded } from '../../parts/Loaded.tsx'
import { TextLink } from '../../parts/links.tsx'
import { Page } from '../../parts/Page.tsx'
import { StateBadge } from '../../parts/StateBadge.tsx'
import { showDone } from '../../parts/toasts.ts'
import { PATHS } from '../../paths.ts'
import { CampaignResult } from './CampaignResult.tsx'
import { DraftEditor } from './DraftEditor.tsx'
import { Audience } from './ReviewParts.tsx'
import { Scheduled } from './Scheduled.tsx'

export function CampaignPage() {
  const { campaignId } = useParams({ from: PATHS.campaign })
  const query = useQuery(campaignQuery(campaignId))
  return <Loaded query={query}>{(campaign) => <CampaignContent campaign={campaign} />}</Loaded>
}

function CampaignContent({ campaign }: { campaign: Campaign }) {
  const { canWrite } = useRole()
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
          to <Audience audience={campaign.audience} />
        </>
      }
      back={<TextLink to={PATHS.campaigns}>Campaigns</TextLink>}
      actions={canWrite && <CampaignMenu campaign={campaign} />}
    >
      <Content campaign={campaign} />
    </Page>
  )
}

function Content({ campaign }: { campaign: Campaign }) {
  if (campaign.state === 'draft') return <DraftEditor campaign={campaign} />
  return campaign.state === 'scheduled' ? <Scheduled campaign={campaign} /> : <CampaignResult campaign={campaign} />
}

function CampaignMenu({ campaign }: { campaign: Campaign }) {
  const navigate = useNavigate()
  const copy = useAction({
    run: () => post<Campaign>(`/v1/campaigns/${campaign.id}/copy`),
    refreshes: ['campaigns'],
    onDone: ({ id, name }) => {
      showDone(`${name} is a draft.`)
      void navigate({ to: PATHS.campaign, params: { campaignId: id }, search: { step: 'audience' } })
    },
  })
  const drop = useAction({
    run: () => remove(`/v1/campaigns/${campaign.id}`),
    refreshes: ['campaigns'],
    onDone: () => {
      showDone(`${campaign.name} was deleted.`)
      void navigate({ to: PATHS.campaigns })
    },
  })
  const askToDelete = () =>
    askToConfirm({
      title: `Delete the draft ${campaign.name}?`,
      body: 'Nothing was sent. The lists and the template stay.',
      confirm: 'Delete the draft',
      dangerous: true,
      onConfirm: () => drop.mutate(),
    })
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label="More actions">
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconCopy size={16} aria-hidden />} onClick={() => copy.mutate()}>
          Copy the campaign
        </Menu.Item>
        {campaign.state === 'draft' && (
          <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={askToDelete}>
            Delete the draft
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
