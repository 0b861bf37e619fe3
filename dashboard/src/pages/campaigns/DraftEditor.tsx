import { Checkbox, Paper, Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Campaign } from '../../../../contract/campaigns.ts'
import { useRole, useTimeZone } from '../../api/account.ts'
import { patch } from '../../api/api.ts'
import { checkWhen, toWhen, type WhenValues, whenValues } from '../../lib/when-values.ts'
import { EntryForm } from '../../parts/EntryForm.tsx'
import { PATHS } from '../../paths.ts'
import { AudienceFields } from './AudienceFields.tsx'
import { CHECKS, type DraftForm, type DraftValues, draftValues, mapErrors, toDraft } from './draft-values.ts'
import { MessageFields } from './MessageFields.tsx'
import { Review } from './Review.tsx'
import { CampaignSteps, STEPS, type Step } from './steps.tsx'
import { WhenFields } from './WhenFields.tsx'

/** A draft, step by step; each step is saved when one goes on. The step stands in the address. */
export function DraftEditor({ campaign }: { campaign: Campaign }) {
  const { canWrite } = useRole()
  const search = useSearch({ from: PATHS.campaign })
  const navigate = useNavigate({ from: PATHS.campaign })
  const client = useQueryClient()
  const wanted = STEPS.find((each) => each === search.step) ?? 'review'
  const step: Step = canWrite ? wanted : 'review'
  const go = (next: Step) => void navigate({ search: next === 'review' ? {} : { step: next } })
  const save = async (changes: Record<string, unknown>) => {
    await patch(`/v1/campaigns/${campaign.id}`, changes)
    await client.invalidateQueries({ queryKey: ['campaigns'] })
    go(STEPS[STEPS.indexOf(step) + 1] ?? 'review')
  }
  return (
    <Stack gap="lg">
      <CampaignSteps step={step} onStep={go} canReach={() => canWrite} />
      {step === 'audience' && (
        <ContentStep campaign={campaign} save={save} fields={(form) => <AudienceFields form={form} />} />
      )}
      {step === 'message' && (
        <ContentStep campaign={campaign} save={save} fields={(form) => <MessageFields form={form} />} />
      )}
      {step === 'when' && <WhenStep campaign={campaign} save={save} />}
      {step === 'review' && <Review campaign={campaign} onStep={go} />}
    </Stack>
  )
}

type StepProps = { campaign: Campaign; save: (changes: Record<string, unknown>) => Promise<void> }

function ContentStep({ campaign, save, fields }: StepProps & { fields: (form: DraftForm) => ReactNode }) {
  const form = useForm<DraftValues>({ initialValues: draftValues(campaign), validate: CHECKS })
  return (
    <Paper p="lg" maw={720}>
      <EntryForm form={form} submitLabel="Continue" mapErrors={mapErrors} run={(values) => save(toDraft(values))}>
        {fields(form)}
      </EntryForm>
    </Paper>
  )
}

type TimeValues = WhenValues & { holdWithoutCode: boolean }

function WhenStep({ campaign, save }: StepProps) {
  const timeZone = useTimeZone()
  const form = useForm<TimeValues>({
    initialValues: { ...whenValues(campaign.when, timeZone), holdWithoutCode: campaign.holdWithoutCode },
    validate: (values) => checkWhen(values),
  })
  return (
    <Paper p="lg" maw={720}>
      <EntryForm
        form={form}
        submitLabel="Continue to the review"
        run={({ holdWithoutCode, ...values }) => save({ when: toWhen(values, timeZone), holdWithoutCode })}
      >
        <WhenFields form={form} />
        <Checkbox
          label="Hold people without a code until codes are ready"
          description={
            <Text span inherit>
              Off: who finds no code when it is their turn is left out, for example people who joined after the codes
              were reserved.
            </Text>
          }
          {...form.getInputProps('holdWithoutCode', { type: 'checkbox' })}
        />
      </EntryForm>
    </Paper>
  )
}
