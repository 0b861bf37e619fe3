import { Alert, Paper, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import type { Campaign } from '../../../../contract/campaigns.ts'
import { post } from '../../api/api.ts'
import { templateMenuQuery } from '../../api/messages.ts'
import { listMenuQuery } from '../../api/people.ts'
import { EntryForm } from '../../parts/EntryForm.tsx'
import { ButtonLink, TextLink } from '../../parts/links.tsx'
import { Page } from '../../parts/Page.tsx'
import { PATHS } from '../../paths.ts'
import { AudienceFields } from './AudienceFields.tsx'
import { CHECKS, type DraftValues, mapErrors, NO_DRAFT, toDraft } from './draft-values.ts'
import { MessageFields } from './MessageFields.tsx'
import { CampaignSteps } from './steps.tsx'

/** The first two steps; with the second the draft is there, and its own page goes on with the third. */
export function NewCampaignPage() {
  const { listId, templateId = '' } = useSearch({ from: PATHS.newCampaign })
  const [step, setStep] = useState<'audience' | 'message'>('audience')
  const client = useQueryClient()
  const navigate = useNavigate()
  const form = useForm<DraftValues>({
    initialValues: { ...NO_DRAFT, include: listId ? [listId] : [], templateId },
    validate: step === 'audience' ? { name: CHECKS.name, include: CHECKS.include } : CHECKS,
  })
  const goOn = async (values: DraftValues) => {
    if (step === 'audience') return setStep('message')
    const campaign = await post<Campaign>('/v1/campaigns', toDraft(values))
    await client.invalidateQueries({ queryKey: ['campaigns'] })
    await navigate({ to: PATHS.campaign, params: { campaignId: campaign.id }, search: { step: 'when' } })
  }
  return (
    <Page
      title="New campaign"
      description="Nothing is sent before you confirm it in the review."
      back={<TextLink to={PATHS.campaigns}>Campaigns</TextLink>}
    >
      <MissingParts />
      <Stack gap="lg">
        <CampaignSteps
          step={step}
          canReach={(each) => each === 'audience'}
          onStep={(each) => each === 'audience' && setStep(each)}
        />
        <Paper p="lg" maw={720}>
          <EntryForm
            form={form}
            submitLabel="Continue"
            mapErrors={mapErrors}
            run={goOn}
            secondary={
              <ButtonLink to={PATHS.campaigns} variant="default">
                Cancel
              </ButtonLink>
            }
          >
            {step === 'audience' ? <AudienceFields form={form} /> : <MessageFields form={form} />}
          </EntryForm>
        </Paper>
      </Stack>
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
        <Alert color="honey" title="There is no list yet" maw={720}>
          <TextLink to={PATHS.lists}>Create a list and import people</TextLink> first.
        </Alert>
      )}
      {templates.data?.items.length === 0 && (
        <Alert color="honey" title="There is no template yet" maw={720}>
          <TextLink to={PATHS.newTemplate}>Write a template</TextLink> first.
        </Alert>
      )}
    </>
  )
}
