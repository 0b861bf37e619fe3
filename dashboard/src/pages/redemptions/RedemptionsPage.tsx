import { IconReceipt } from '@tabler/icons-react'
import { redemptionPages, useHasShop } from '../../api/account.ts'
import { DataTable } from '../../parts/DataTable.tsx'
import { ButtonLink } from '../../parts/links.tsx'
import { EmptyNotice } from '../../parts/notices.tsx'
import { Page } from '../../parts/Page.tsx'
import { PATHS } from '../../paths.ts'
import { REDEMPTION_COLUMNS } from './redemption-columns.tsx'

export function RedemptionsPage() {
  const hasShop = useHasShop()
  return (
    <Page title="Redemptions" description="Orders that used a code, newest first.">
      <DataTable
        label="Redemptions"
        columns={REDEMPTION_COLUMNS}
        pages={redemptionPages()}
        rowKey={({ id }) => id}
        empty={
          <EmptyNotice
            icon={<IconReceipt />}
            title="No code was redeemed yet"
            action={
              hasShop ? (
                <ButtonLink to={PATHS.stores} variant="light">
                  Go to stores
                </ButtonLink>
              ) : (
                <ButtonLink to={PATHS.settings} search={{ tab: 'developers' }} variant="light">
                  Connect your checkout
                </ButtonLink>
              )
            }
          >
            When an order in your shop uses a code, it shows here with its order and amount.
          </EmptyNotice>
        }
      />
    </Page>
  )
}
