import { IconBuildingStore } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { storesQuery } from '../../api/account.ts'
import { Loaded } from '../../parts/Loaded.tsx'
import { ButtonLink, TextLink } from '../../parts/links.tsx'
import { EmptyNotice } from '../../parts/notices.tsx'
import { Page } from '../../parts/Page.tsx'
import { PATHS } from '../../paths.ts'
import { NewCouponForm } from './NewCouponForm.tsx'

export function NewCouponPage() {
  const query = useQuery(storesQuery)
  return (
    <Page
      title="New coupon"
      description="The offer first; codes are added in the next step."
      back={<TextLink to={PATHS.coupons}>Coupons</TextLink>}
    >
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyNotice
              icon={<IconBuildingStore />}
              title="A coupon needs a store"
              action={<ButtonLink to={PATHS.stores}>Add a store</ButtonLink>}
            >
              The store is the shop that honours the codes.
            </EmptyNotice>
          ) : (
            <NewCouponForm stores={items} />
          )
        }
      </Loaded>
    </Page>
  )
}
