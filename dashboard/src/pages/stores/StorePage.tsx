import {
  ActionIcon,
  Alert,
  Anchor,
  Button,
  Grid,
  Group,
  List,
  Menu,
  Modal,
  Paper,
  Stack,
  Text,
  Title,
} from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconDots,
  IconExternalLink,
  IconPencil,
  IconPlugOff,
  IconRefresh,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useParams, useSearch } from '@tanstack/react-router'
import type { Store } from '../../../../contract/coupons.ts'
import type { Shop } from '../../../../contract/shopify.ts'
import { storesQuery, useRole } from '../../api/account.ts'
import { post } from '../../api/api.ts'
import { shopQuery } from '../../api/shopify.ts'
import { useAction } from '../../api/use-action.ts'
import { askToConfirm } from '../../parts/confirm.tsx'
import { Definitions } from '../../parts/Definitions.tsx'
import { Moment } from '../../parts/figures.tsx'
import { Loaded } from '../../parts/Loaded.tsx'
import { ButtonLink, TextLink } from '../../parts/links.tsx'
import { EmptyNotice } from '../../parts/notices.tsx'
import { Page } from '../../parts/Page.tsx'
import { StateBadge } from '../../parts/StateBadge.tsx'
import { showDone } from '../../parts/toasts.ts'
import { PATHS } from '../../paths.ts'
import { StoreForm } from './StoreForm.tsx'
import { StoreOrdersCard } from './StoreOrdersCard.tsx'
import { SyncPanel } from './SyncPanel.tsx'

export function StorePage() {
  const { storeId } = useParams({ from: PATHS.store })
  const stores = useQuery(storesQuery)
  return (
    <Loaded query={stores}>
      {({ items }) => {
        const store = items.find(({ id }) => id === storeId)
        return store ? <StoreContent store={store} /> : <NoStore />
      }}
    </Loaded>
  )
}

function NoStore() {
  return (
    <Page title="Store" back={<TextLink to={PATHS.stores}>Stores</TextLink>}>
      <EmptyNotice icon={<IconPlugOff />} title="There is no such store" />
    </Page>
  )
}

function StoreContent({ store }: { store: Store }) {
  const { canAdmin } = useRole()
  const [editing, edit] = useDisclosure(false)
  const isShop = store.kind === 'shopify'
  const shop = useQuery({ ...shopQuery(store.id), enabled: isShop })
  return (
    <Page
      title={store.name}
      description={isShop ? 'A Shopify shop.' : 'A custom shop: its checkout asks Onecode over the checkout API.'}
      back={<TextLink to={PATHS.stores}>Stores</TextLink>}
      heading={
        <Group gap="sm" component="span">
          {store.name}
          {shop.data && <StateBadge state={shop.data.state} />}
        </Group>
      }
      actions={
        canAdmin &&
        (shop.data ? (
          <ShopActions store={store} shop={shop.data} onEdit={edit.open} />
        ) : (
          <Button variant="default" onClick={edit.open}>
            Edit
          </Button>
        ))
      }
    >
      {isShop ? (
        <Loaded query={shop}>{(data) => <ShopContent store={store} shop={data} />}</Loaded>
      ) : (
        <Paper p="lg">
          <Definitions items={factsOfStore(store)} />
        </Paper>
      )}
      <Modal opened={editing} onClose={edit.close} title={`Edit ${store.name}`}>
        <StoreForm store={store} onDone={edit.close} />
      </Modal>
    </Page>
  )
}

function ShopActions({ store, shop, onEdit }: { store: Store; shop: Shop; onEdit: () => void }) {
  const check = useAction({
    run: () => post<Shop>(`/v1/stores/${store.id}/shop/check`),
    refreshes: ['stores'],
    onDone: () => showDone('The shop answered. Its orders and discounts are compared now.'),
  })
  const disconnect = useAction({
    run: () => post<Shop>(`/v1/stores/${store.id}/shop/disconnect`),
    refreshes: ['stores'],
    onDone: () => showDone(`${store.name} is disconnected.`),
  })
  const askToDisconnect = () =>
    askToConfirm({
      title: `Disconnect ${store.name}?`,
      body: 'No more codes are put into the shop, and its orders are no longer seen. Codes that are there stay valid. The keys to the shop are deleted here; coupons, codes and history stay, and connecting the shop again takes everything up.',
      confirm: 'Disconnect',
      dangerous: true,
      onConfirm: () => disconnect.mutate(),
    })
  const isConnected = shop.state === 'connected'
  return (
    <>
      {shop.state !== 'uninstalled' && (
        <Button
          variant="default"
          leftSection={<IconRefresh size={17} aria-hidden />}
          loading={check.isPending}
          onClick={() => check.mutate()}
        >
          Check now
        </Button>
      )}
      <ButtonLink variant={isConnected ? 'default' : 'filled'} to={PATHS.connectStore} search={{ shop: shop.domain }}>
        Connect again
      </ButtonLink>
      <Menu>
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label="More actions">
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={onEdit}>
            Rename
          </Menu.Item>
          {isConnected && (
            <Menu.Item color="red" leftSection={<IconPlugOff size={16} aria-hidden />} onClick={askToDisconnect}>
              Disconnect
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
    </>
  )
}

const STATE_TEXT: Record<Exclude<Shop['state'], 'connected'>, string> = {
  unauthorized: 'Shopify no longer accepts the keys to this shop. New codes wait until the shop is connected again.',
  uninstalled: 'The app was removed from the shop. Install it in Shopify and connect the shop again.',
  disconnected: 'The shop is disconnected: no codes are put into it and no orders are seen.',
}

function ShopContent({ store, shop }: { store: Store; shop: Shop }) {
  const { connected } = useSearch({ from: PATHS.store })
  return (
    <Stack gap="lg">
      {connected && shop.state === 'connected' && (
        <Alert color="pine" icon={<IconCircleCheck />} title="The shop is connected">
          Make a coupon for it, add codes, and they go into the shop by themselves.
        </Alert>
      )}
      {shop.state !== 'connected' && (
        <Alert color="red" role="alert" icon={<IconAlertTriangle />} title="The shop is not connected">
          {STATE_TEXT[shop.state]} {shop.stateReason}
        </Alert>
      )}
      {shop.missingScopes.length > 0 && (
        <Alert color="honey" icon={<IconAlertTriangle />} title="The app lacks some rights">
          <List size="sm" spacing={4}>
            {shop.missingScopes.map(({ scope, without }) => (
              <List.Item key={scope}>
                Without{' '}
                <Text span ff="monospace" size="sm">
                  {scope}
                </Text>{' '}
                {without}.
              </List.Item>
            ))}
          </List>
          <Text size="sm" mt="xs">
            Add them to the app in Shopify, release it, install it again, and connect the shop again.
          </Text>
        </Alert>
      )}
      {shop.state !== 'disconnected' && <SyncPanel storeId={store.id} />}
      <StoreOrdersCard storeId={store.id} />
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Paper p="lg" h="100%">
            <Title order={2} mb="md">
              The shop
            </Title>
            <Definitions items={[...factsOfStore(store), ...factsOfShop(shop)]} />
            <Button
              mt="md"
              variant="light"
              component="a"
              href={shop.adminUrl}
              target="_blank"
              rel="noreferrer"
              leftSection={<IconExternalLink size={16} aria-hidden />}
            >
              Open the shop’s admin
            </Button>
          </Paper>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Paper p="lg" h="100%">
            <Title order={2} mb="md">
              The connection
            </Title>
            <Definitions items={factsOfConnection(shop)} />
          </Paper>
        </Grid.Col>
      </Grid>
    </Stack>
  )
}

function factsOfStore(store: Store): [string, React.ReactNode][] {
  return [
    [
      'Address',
      store.url ? (
        <Anchor key="url" href={store.url} target="_blank" rel="noreferrer" inherit className="oc-wrap">
          {store.url}
        </Anchor>
      ) : (
        'none'
      ),
    ],
    ['Currency', store.currency],
    ['Time zone', store.timeZone],
    ['Subscriptions', store.sellsSubscriptions ? 'sold' : 'not sold'],
  ]
}

function factsOfShop(shop: Shop): [string, React.ReactNode][] {
  return [
    [
      'Shopify address',
      <span key="domain" className="oc-wrap">
        {shop.domain}
      </span>,
    ],
    ['Plan', shop.plan ?? 'not known'],
    ['Customers', shop.seesCustomers ? 'visible' : 'hidden by Shopify: orders are matched by their codes alone'],
    ['Facts read', <Moment key="read" at={shop.factsReadAt} zone />],
  ]
}

const METHOD_TEXT: Record<Shop['method'], string> = {
  client_credentials: 'by the keys of an app of your own; tokens are renewed by themselves',
  oauth: 'by an app that was installed',
  token: 'by an access token that was pasted',
}

function factsOfConnection(shop: Shop): [string, React.ReactNode][] {
  return [
    ['Connected', METHOD_TEXT[shop.method]],
    ['Since', <Moment key="since" at={shop.connectedAt} zone />],
    [
      'Messages of the shop',
      shop.checksWebhooks
        ? 'can be checked'
        : 'cannot be checked without the API secret key: orders are found by looking, a little later',
    ],
    [
      'Rights',
      <span key="scopes" className="oc-wrap">
        {shop.scopes.join(', ') || 'none'}
      </span>,
    ],
  ]
}
