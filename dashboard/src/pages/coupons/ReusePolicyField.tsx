import { Radio, type RadioGroupProps, Stack } from '@mantine/core'
import { type ReusePolicy, reusePolicy } from '../../../../contract/coupons.ts'

const LABEL: Record<ReusePolicy, string> = {
  until_used_or_expired: 'One code at a time',
  new_each_entry: 'A new code each time',
  once: 'One code, once',
}

/** In one sentence each. */
export const REUSE_TEXT: Record<ReusePolicy, string> = {
  until_used_or_expired:
    'A person keeps the same code in every message until it is redeemed or has expired; then gets a fresh one.',
  new_each_entry:
    'Every campaign, and every entry that your shop names, gives a person a code of its own; earlier ones stay valid.',
  once: 'A person gets one code in all; once it is redeemed or has expired, there is never another.',
}

/** When a person who was given a code of the coupon gets another. */
export function ReusePolicyField(props: Omit<RadioGroupProps, 'children'>) {
  return (
    <Radio.Group label="One person gets" {...props}>
      <Stack gap="xs" mt="xs">
        {reusePolicy.options.map((policy) => (
          <Radio key={policy} value={policy} label={LABEL[policy]} description={REUSE_TEXT[policy]} />
        ))}
      </Stack>
    </Radio.Group>
  )
}
