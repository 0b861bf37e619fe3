import { Text } from '@mantine/core'
import type { Revocation } from '../../../../contract/codes.ts'
import { Moment } from '../../parts/figures.tsx'

/** How often a page looks again while a shop still has a revoked code. */
export const WAITING_INTERVAL_MS = 3000

export const isWaiting = ({ revocation }: { revocation: Revocation | null }): boolean => revocation?.shop === 'waiting'

/** Why a code was taken out of use, and whether the shop still has it. */
export function RevocationNote({ revocation }: { revocation: Revocation | null }) {
  if (!revocation) return null
  return (
    <Text size="xs" c="dimmed" className="oc-wrap" mt={2}>
      {revocation.isReplaced ? 'Replaced' : 'Revoked'} <Moment at={revocation.at} />: {revocation.reason}
      <ShopWord revocation={revocation} />
    </Text>
  )
}

function ShopWord({ revocation: { shop, goneAt } }: { revocation: Revocation }) {
  if (shop === 'none') return null
  return (
    <Text span inherit display="block" {...(shop === 'gone' ? {} : { c: 'orange' })}>
      {shop === 'waiting' && 'The shop may still have it. It is being taken out.'}
      {shop === 'used' && 'An order used it before the shop had lost it.'}
      {shop === 'gone' && (
        <>
          Out of the shop since <Moment at={goneAt} />
        </>
      )}
    </Text>
  )
}
