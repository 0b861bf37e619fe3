import { Anchor, Grid, Paper, SimpleGrid, Stack, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Coupon } from '../../../../contract/coupons.ts'
import { useTimeZone } from '../../api/account.ts'
import { couponDiscountsQuery } from '../../api/shopify.ts'
import { describeTerms } from '../../lib/describe-terms.ts'
import { formatCount, formatShare } from '../../lib/format.ts'
import { Definitions } from '../../parts/Definitions.tsx'
import { Moment, PartsBar, Stat } from '../../parts/figures.tsx'
import { CodeJobs } from './CodeJobs.tsx'
import { partsOf, TYPE_TEXT } from './coupon-parts.tsx'
import { REUSE_TEXT } from './ReusePolicyField.tsx'
import { TagHint } from './TagHint.tsx'

export function OverviewTab({ coupon }: { coupon: Coupon }) {
  const { counts } = coupon
  return (
    <Stack gap="lg">
      <CodeJobs couponId={coupon.id} />
      <SimpleGrid cols={{ base: 2, md: 4 }}>
        <Stat label="Made" value={formatCount(counts.made)} hint="ever, in all versions" />
        <Stat
          label="Available"
          value={formatCount(counts.available)}
          hint={
            counts.reserved > 0 ? `${formatCount(counts.reserved)} more reserved for campaigns` : 'ready to be given'
          }
        />
        <Stat label="Assigned" value={formatCount(counts.assigned)} hint="given to a person" />
        <Stat
          label="Redeemed"
          value={formatCount(counts.redeemed)}
          hint={`${formatShare(counts.assigned > 0 ? counts.redeemed / counts.assigned : null)} of assigned`}
        />
      </SimpleGrid>
      <Paper p="lg">
        <Title order={2} mb="md">
          Where the codes are
        </Title>
        <PartsBar label="Codes" parts={partsOf(counts)} legend />
      </Paper>
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Paper p="lg" h="100%">
            <Title order={2} mb="md">
              Details
            </Title>
            <CouponDetails coupon={coupon} />
          </Paper>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <TagHint name={coupon.name} />
        </Grid.Col>
      </Grid>
    </Stack>
  )
}

function CouponDetails({ coupon }: { coupon: Coupon }) {
  const timeZone = useTimeZone()
  const { data: discounts } = useQuery(couponDiscountsQuery(coupon.id))
  const newest = discounts?.find(({ adminUrl }) => adminUrl !== null)
  return (
    <Definitions
      items={[
        ['Offer', `${describeTerms(coupon.terms, timeZone)}.`],
        ['Store', coupon.storeName],
        ...(newest?.adminUrl
          ? [
              [
                'In the shop',
                <Anchor key="admin" href={newest.adminUrl} target="_blank" rel="noreferrer" inherit>
                  {newest.title}
                </Anchor>,
              ] as [string, ReactNode],
            ]
          : []),
        ['Codes', TYPE_TEXT[coupon.type === 'uploaded' ? 'uploaded' : 'unique']],
        [
          'A code looks like',
          coupon.type === 'unique'
            ? `${coupon.prefix ? `${coupon.prefix}-` : ''}${'X'.repeat(coupon.codeLength)} (random)`
            : 'as in your file',
        ],
        ['Reuse', REUSE_TEXT[coupon.reusePolicy]],
        ['Warning below', formatCount(coupon.lowStockThreshold)],
        ['Text instead of a code', coupon.fallback ?? 'none'],
        ['Description', coupon.description || '–'],
        ['Version', `${coupon.version}`],
        ['Created', <Moment key="created" at={coupon.createdAt} zone />],
      ]}
    />
  )
}
