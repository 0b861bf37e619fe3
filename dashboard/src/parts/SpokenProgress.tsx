import { VisuallyHidden } from '@mantine/core'

const STEP = 20

/** Says to screen readers how far work is, at every fifth of the way and not at every change. `share` is 0 to 1. */
export function SpokenProgress({ share, what }: { share: number; what: string }) {
  const percent = Math.floor((share * 100) / STEP) * STEP
  return <VisuallyHidden role="status">{percent > 0 ? `${percent} % of ${what} done` : ''}</VisuallyHidden>
}
