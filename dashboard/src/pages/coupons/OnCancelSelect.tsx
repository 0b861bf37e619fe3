import { Select, type SelectProps } from '@mantine/core'

/** What follows when the order that redeemed a code is cancelled. Only shops tell of that. */
export function OnCancelSelect(props: Omit<SelectProps, 'data'>) {
  return (
    <Select
      label="When the order is cancelled"
      description="The code itself stays used: the shop takes it no second time."
      allowDeselect={false}
      data={[
        { value: 'stay_used', label: 'Nothing follows' },
        { value: 'new_code', label: 'The person gets a new code' },
      ]}
      {...props}
    />
  )
}
