import { Stepper } from '@mantine/core'

export const STEPS = ['audience', 'message', 'when', 'review'] as const
export type Step = (typeof STEPS)[number]
const LABEL: Record<Step, string> = { audience: 'Audience', message: 'Message', when: 'When', review: 'Review' }

type Props = { step: Step; onStep: (step: Step) => void; canReach: (step: Step) => boolean }

/** The way of a campaign from its audience to its review; done steps can be opened again. */
export function CampaignSteps({ step, onStep, canReach }: Props) {
  return (
    <nav aria-label="Steps of the campaign">
      <Stepper
        active={STEPS.indexOf(step)}
        size="sm"
        onStepClick={(nth) => {
          const wanted = STEPS[nth]
          if (wanted && canReach(wanted)) onStep(wanted)
        }}
        classNames={{ steps: 'oc-steps' }}
      >
        {STEPS.map((each) => (
          <Stepper.Step
            key={each}
            label={LABEL[each]}
            allowStepSelect={canReach(each)}
            aria-current={each === step ? 'step' : undefined}
          />
        ))}
      </Stepper>
    </nav>
  )
}
