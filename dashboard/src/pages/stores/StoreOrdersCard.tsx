import { Alert, Anchor, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ShopOrders } from '../../../../contract/shop-orders.ts'
import { useRole } from '../../api/account.ts'
import { post } from '../../api/api.ts'
import { shopOrdersQuery } from '../../api/shop-orders.ts'
import { useAction } from '../../api/use-action.ts'
import { formatCount, plural } from '../../lib/format.ts'
import { CopyButton } from '../../parts/CopyButton.tsx'
import { type Column, RowsTable } from '../../parts/DataTable.tsx'
import { Definitions } from '../../parts/Definitions.tsx'
import { Moment } from '../../parts/figures.tsx'
import { Loaded } from '../../parts/Loaded.tsx'
import { showDone } from '../../parts/toasts.ts'
import { DriftTable } from './DriftTable.tsx'

/** How orders and changes of a Shopify shop arrive, and what waits for somebody. Stands on the store's page. */
export function StoreOrdersCard({ storeId }: { storeId: string }) {
  const query = useQuery(shopOrdersQuery(storeId))
  return (
    <Paper p="lg">
      <Group justify="space-between" mb="md">
        <Title order={2}>Orders and changes</Title>
        <CompareButton storeId={storeId} />
      </Group>
      <Loaded query={query}>{(orders) => <Content storeId={storeId} orders={orders} />}</Loaded>
    </Paper>
  )
}

function CompareButton({ storeId }: { storeId: string }) {
  const { canWrite } = useRole()
  const compare = useAction({
    run: () => post<null>(`/v1/stores/${storeId}/orders/check`),
    refreshes: ['stores'],
    onDone: () => showDone('The shop is being compared. What is found shows here.'),
  })
  if (!canWrite) return null
  return (
    <Button
      size="xs"
      variant="default"
      leftSection={<IconRefresh size={15} aria-hidden />}
      loading={compare.isPending}
      onClick={() => compare.mutate()}
    >
      Compare now
    </Button>
  )
}

function Content({ storeId, orders }: { storeId: string; orders: ShopOrders }) {
  return (
    <Stack gap="lg">
      <Problems orders={orders} />
      <Definitions items={factsOf(orders)} />
      {orders.drift.length > 0 && (
        <Section
          title="Changed in the shop"
          text="Somebody changed these discounts in the shop’s admin. Codes that people have follow what the shop says."
        >
          <DriftTable rows={orders.drift} withCoupon />
        </Section>
      )}
      {orders.failures.length > 0 && (
        <Section
          title="Webhooks that could not be applied"
          text="Nothing is lost for codes: the comparison finds orders without them."
        >
          <Failures storeId={storeId} failures={orders.failures} />
        </Section>
      )}
      {orders.dataRequests.length > 0 && (
        <Section
          title="Customers who ask what is known of them"
          text="The law sets a time limit, mostly 30 days. Download the file and give it to the customer."
        >
          <DataRequests storeId={storeId} requests={orders.dataRequests} />
        </Section>
      )}
      <Text size="sm" c="dimmed">
        For the three topics of privacy law (customers/data_request, customers/redact, shop/redact) name this address in
        the app’s settings in Shopify:{' '}
        <Text span ff="monospace" size="sm" className="oc-wrap">
          {orders.webhooks.address}
        </Text>{' '}
        <CopyButton small text={orders.webhooks.address} label="Copy the address for webhooks" />
      </Text>
    </Stack>
  )
}

function Section({ title, text, children }: { title: string; text: string; children: React.ReactNode }) {
  return (
    <div>
      <Title order={3} size="h5">
        {title}
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        {text}
      </Text>
      {children}
    </div>
  )
}

function Problems({ orders: { webhooks, comparison } }: { orders: ShopOrders }) {
  return (
    <>
      {webhooks.missing.length > 0 && (
        <Alert color="honey" icon={<IconAlertTriangle />} title="The shop does not send webhooks">
          {webhooks.error} Orders are found by comparing, up to ten minutes later.
        </Alert>
      )}
      {comparison.error && (
        <Alert color="red" icon={<IconAlertTriangle />} title="The shop could not be compared">
          {comparison.error} It is tried again every two minutes.
        </Alert>
      )}
      {comparison.gap && (
        <Alert color="honey" icon={<IconAlertTriangle />} title="Orders of some time cannot be read any more">
          From <Moment at={comparison.gap.from} /> to <Moment at={comparison.gap.until} />: Shopify shows an app the
          orders of 60 days. Codes that were used then are found by their use, without the order.
        </Alert>
      )}
    </>
  )
}

function factsOf({ webhooks, comparison }: ShopOrders): [string, React.ReactNode][] {
  return [
    [
      'Last webhook',
      webhooks.lastReceivedAt ? (
        <span key="last">
          <Moment at={webhooks.lastReceivedAt} zone /> ({webhooks.lastTopic})
        </span>
      ) : (
        'none yet'
      ),
    ],
    ['Webhooks to apply', webhooks.waiting === 0 ? 'none' : formatCount(webhooks.waiting)],
    ['Not applied', webhooks.failed === 0 ? 'none' : plural(webhooks.failed, 'webhook')],
    ['Compared', comparison.completeAt ? <Moment key="at" at={comparison.completeAt} zone /> : 'not yet'],
    ['Next time', comparison.dueAt ? <Moment key="due" at={comparison.dueAt} zone /> : 'at once'],
  ]
}

type Failure = ShopOrders['failures'][number]

function Failures({ storeId, failures }: { storeId: string; failures: Failure[] }) {
  const { canAdmin } = useRole()
  const retry = useAction({
    run: (webhookId: string) => post<null>(`/v1/stores/${storeId}/webhooks/${encodeURIComponent(webhookId)}/retry`),
    refreshes: ['stores'],
    onDone: () => showDone('It is tried again.'),
  })
  const columns: Column<Failure>[] = [
    { id: 'topic', header: 'Topic', cell: ({ topic }) => topic },
    { id: 'at', header: 'Came', phone: 'hidden', cell: ({ receivedAt }) => <Moment at={receivedAt} /> },
    { id: 'error', header: 'Why', cell: ({ error }) => <span className="oc-wrap">{error}</span> },
    {
      id: 'retry',
      header: '',
      align: 'right',
      cell: ({ webhookId, topic, canRetry }) =>
        canRetry && canAdmin ? (
          <Button
            size="compact-sm"
            variant="light"
            aria-label={`Try again: ${topic}`}
            loading={retry.isPending && retry.variables === webhookId}
            onClick={() => retry.mutate(webhookId)}
          >
            Try again
          </Button>
        ) : null,
    },
  ]
  return (
    <RowsTable plain label="Failed webhooks" columns={columns} rows={failures} rowKey={({ webhookId }) => webhookId} />
  )
}

type DataRequest = ShopOrders['dataRequests'][number]

function DataRequests({ storeId, requests }: { storeId: string; requests: DataRequest[] }) {
  const { canAdmin } = useRole()
  const columns: Column<DataRequest>[] = [
    { id: 'customer', header: 'Customer', cell: ({ customerId }) => customerId ?? 'without a number' },
    { id: 'asked', header: 'Asked', cell: ({ requestedAt }) => <Moment at={requestedAt} /> },
    {
      id: 'answered',
      header: 'Answered',
      phone: 'hidden',
      cell: ({ fetchedAt }) => (fetchedAt ? <Moment at={fetchedAt} /> : 'not yet'),
    },
    {
      id: 'file',
      header: '',
      align: 'right',
      cell: ({ id, customerId }) =>
        canAdmin ? (
          <Anchor
            size="sm"
            href={`/v1/stores/${storeId}/data-requests/${id}/file`}
            download
            aria-label={`Download the file of customer ${customerId ?? id}`}
          >
            Download
          </Anchor>
        ) : null,
    },
  ]
  return <RowsTable plain label="Requests of customers" columns={columns} rows={requests} rowKey={({ id }) => id} />
}
