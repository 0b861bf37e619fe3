import { Alert, Paper } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { Campaign } from '../../../../contract/messages.ts'
import { post } from '../../api/api.ts'
import { templateMenuQuery } from '../../api/messages.ts'
import { listMenuQuery } from '../../api/people.ts'
import type { CreateCampaign } from '../../api/types.ts'
import { ButtonLink, TextLink } from '../../parts/links.tsx'
import { Page } from '../../parts/Page.tsx'
import { PATHS } from '../../paths.ts'
import { CampaignForm } from './CampaignForm.tsx'

export function NewCampaignPage() {
  const { listId = '', templateId = '' } = useSearch({ from: PATHS.newCampaign })
  const client = useQueryClient()
  const navigate = useNavigate()
  const create = async (values: CreateCampaign) => {
    const campaign = await post<Campaign>('/v1/campaigns', values)
    await client.invalidateQueries({ queryKey: ['campaigns'] })
    await navigate({ to: PATHS.campaign, params: { campaignId: campaign.id } })
  }
  return (
    <Page
      title="New campaign"
      description="Nothing is sent yet: the next step is the review."
      back={<TextLink to={PATHS.campaigns}>Campaigns</TextLink>}
    >
      <MissingParts />
      <Paper p="lg" maw={640}>
        <CampaignForm
          initial={{ name: '', listId, templateId, smartSending: true }}
          submitLabel="Continue to the review"
          secondary={
            <ButtonLink to={PATHS.campaigns} variant="default">
              Cancel
            </ButtonLink>
          }
          run={create}
        />
      </Paper>
    </Page>
  )
}

/** A campaign needs a list and a template; says so before somebody fills in the form. */
function MissingParts() {
  const lists = useQuery(listMenuQuery)
  const templates = useQuery(templateMenuQuery)
  return (
    <>
      {lists.data?.items.length === 0 && (
        <Alert color="honey" title="There is no list yet" maw={640}>
          <TextLink to={PATHS.lists}>Create a list and import people</TextLink> first.
        </Alert>
      )}
      {templates.data?.items.length === 0 && (
        <Alert color="honey" title="There is no template yet" maw={640}>
          <TextLink to={PATHS.newTemplate}>Write a template</TextLink> first.
        </Alert>
      )}
    </>
  )
}
