import { Badge, Button, Group, Modal, Paper, Stack, Text, ThemeIcon } from '@mantine/core'
import { IconBuildingStore, IconPlug } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Store } from '../../../../contract/coupons.ts'
import type { ConnectedShop, Shop, ShopList } from '../../../../contract/shopify.ts'
import { storesQuery, useRole } from '../../api/account.ts'
import { post } from '../../api/api.ts'
import { shopsQuery } from '../../api/shopify.ts'
import { useAction } from '../../api/use-action.ts'
import { type Column, RowsTable } from '../../parts/DataTable.tsx'
import { Loaded } from '../../parts/Loaded.tsx'
import { ButtonLink, TextLink } from '../../parts/links.tsx'
import { EmptyNotice } from '../../parts/notices.tsx'
import { Page } from '../../parts/Page.tsx'
import { StateBadge } from '../../parts/StateBadge.tsx'
import { showDone } from '../../parts/toasts.ts'
import { PATHS } from '../../paths.ts'
import { StoreForm } from './StoreForm.tsx'

type Row = Store & { shop: Shop | undefined }

export function StoresPage() {
  const stores = useQuery(storesQuery)
  const shops = useQuery(shopsQuery)
  const { canAdmin } = useRole()
  const [adding, setAdding] = useState(false)
  const actions = canAdmin && (
    <>
      <ButtonLink to={PATHS.connectStore} leftSection={<IconPlug size={18} aria-hidden />}>
        Connect a Shopify shop
      </ButtonLink>
      <Button variant="default" onClick={() => setAdding(true)}>
        Add a custom shop
      </Button>
    </>
  )
  return (
    <Page title="Stores" description="The shops that honour your codes at their checkouts." actions={actions}>
      <Loaded query={stores}>
        {({ items }) => (
          <Loaded query={shops}>
            {(known) => (
              <Stack gap="lg">
                {canAdmin && <DemoOffer shops={known} />}
                {items.length === 0 ? (
                  <EmptyNotice icon={<IconBuildingStore />} title="No store yet">
                    A coupon belongs to a store, whose checkout honours its codes.
                  </EmptyNotice>
                ) : (
                  <RowsTable
                    label="Stores"
                    columns={COLUMNS}
                    rows={items.map((store) => ({
                      ...store,
                      shop: known.items.find((one) => one.storeId === store.id),
                    }))}
                    rowKey={({ id }) => id}
                  />
                )}
              </Stack>
            )}
          </Loaded>
        )}
      </Loaded>
      <Modal opened={adding} onClose={() => setAdding(false)} title="Add a custom shop">
        <StoreForm store={null} onDone={() => setAdding(false)} />
      </Modal>
    </Page>
  )
}

/** Offers the demo store, once, where one runs and it is not connected. */
export function DemoOffer({ shops }: { shops: ShopList }) {
  const navigate = useNavigate()
  const connect = useAction({
    run: () => post<ConnectedShop>('/v1/stores/demo'),
    refreshes: ['stores'],
    onDone: ({ store }) => {
      showDone('The demo store is connected.')
      void navigate({ to: PATHS.store, params: { storeId: store.id } })
    },
  })
  const { demo, items } = shops
  if (!demo || items.some(({ domain, state }) => domain === demo.domain && state === 'connected')) return null
  return (
    <Paper p="lg">
      <Group wrap="nowrap" align="flex-start" gap="md">
        <ThemeIcon variant="light" size={44} radius="xl" aria-hidden visibleFrom="xs">
          <IconBuildingStore />
        </ThemeIcon>
        <Stack gap="xs" flex={1}>
          <Text fw={650}>Try everything with the demo store</Text>
          <Text size="sm" c="dimmed">
            A whole Shopify shop in small runs on this computer: products, a checkout that takes codes, an admin. No
            account, no money, nothing leaves this machine.
          </Text>
          <Group gap="sm">
            <Button loading={connect.isPending} onClick={() => connect.mutate()}>
              Connect the demo store
            </Button>
            <Button component="a" variant="subtle" href={demo.url} target="_blank" rel="noreferrer">
              Look at the shop
            </Button>
          </Group>
        </Stack>
      </Group>
    </Paper>
  )
}

const COLUMNS: Column<Row>[] = [
  {
    id: 'name',
    header: 'Store',
    cell: ({ id, name }) => (
      <TextLink to={PATHS.store} params={{ storeId: id }} fw={600} className="oc-wrap">
        {name}
      </TextLink>
    ),
  },
  {
    id: 'kind',
    header: 'Kind',
    phone: 'hidden',
    cell: ({ kind }) => (kind === 'shopify' ? 'Shopify' : 'Custom shop'),
  },
  {
    id: 'address',
    header: 'Address',
    phone: 'hidden',
    cell: ({ shop, url }) => <span className="oc-wrap">{shop?.domain ?? url ?? '–'}</span>,
  },
  { id: 'currency', header: 'Currency', phone: 'hidden', cell: ({ currency }) => currency },
  {
    id: 'state',
    header: 'State',
    cell: ({ shop }) =>
      shop ? (
        <StateBadge state={shop.state} />
      ) : (
        <Badge variant="light" color="gray" tt="none" radius="sm">
          by the checkout API
        </Badge>
      ),
  },
]
