import { Alert, Button, Group, List, Paper, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle, IconInfoCircle, IconRefresh } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { ShopOrders } from '../../../../contract/shop-orders.ts'
import { useRole } from '../../api/account.ts'
import { post } from '../../api/api.ts'
import { shopOrdersQuery } from '../../api/shopify.ts'
import { useAction } from '../../api/use-action.ts'
import { plural } from '../../lib/format.ts'
import { CopyButton } from '../../parts/CopyButton.tsx'
import { type Column, RowsTable } from '../../parts/DataTable.tsx'
import { Definitions } from '../../parts/Definitions.tsx'
import { Moment } from '../../parts/figures.tsx'
import { Loaded } from '../../parts/Loaded.tsx'
import { showDone } from '../../parts/toasts.ts'
import { DriftPanel } from './DriftPanel.tsx'

/** How orders and changes of the shop reach us: by its messages, and by looking. */
export function NewsPanel({ storeId }: { storeId: string }) {
  const query = useQuery(shopOrdersQuery(storeId))
  return (
    <Loaded query={query}>
      {(news) => (
        <Stack gap="lg">
          {news.drift.length > 0 && <DriftPanel storeId={storeId} drift={news.drift} />}
          <Paper p="lg">
            <Group justify="space-between" mb="md">
              <Title order={2}>Orders of the shop</Title>
              <CompareButton storeId={storeId} />
            </Group>
            <NewsContent storeId={storeId} news={news} />
          </Paper>
        </Stack>
      )}
    </Loaded>
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

function NewsContent({ storeId, news }: { storeId: string; news: ShopOrders }) {
  const { webhooks, comparison } = news
  return (
    <Stack gap="md">
      {webhooks.missing.length > 0 && (
        <Alert color="honey" icon={<IconInfoCircle />} title="The shop does not send its messages to this server">
          <Text size="sm">
            Orders are found by comparing with the shop every ten minutes instead; nothing is lost, it is noticed later.
            {webhooks.error && ` Shopify says: ${webhooks.error}`}
          </Text>
        </Alert>
      )}
      {comparison.error && (
        <Alert color="red" icon={<IconAlertTriangle />} title="The last comparison did not end well">
          {comparison.error}
        </Alert>
      )}
      {comparison.gap && (
        <Alert color="honey" icon={<IconAlertTriangle />} title="Some orders cannot be read any more">
          Orders between <Moment at={comparison.gap.from} zone /> and <Moment at={comparison.gap.until} zone /> are too
          old for the app’s rights. Codes that were used then are found by their use.
        </Alert>
      )}
      <Definitions items={factsOf(news)} />
      {news.failures.length > 0 && <FailedMessages storeId={storeId} failures={news.failures} />}
      {news.dataRequests.length > 0 && <DataRequests storeId={storeId} requests={news.dataRequests} />}
    </Stack>
  )
}

function factsOf({ webhooks, comparison }: ShopOrders): [string, ReactNode][] {
  return [
    [
      'Last message',
      webhooks.lastReceivedAt ? (
        <span key="last">
          <Moment at={webhooks.lastReceivedAt} zone /> ({webhooks.lastTopic})
        </span>
      ) : (
        'none yet'
      ),
    ],
    ['Waiting', webhooks.waiting === 0 ? 'none' : plural(webhooks.waiting, 'message')],
    [
      'Compared with the shop',
      comparison.completeAt ? <Moment key="complete" at={comparison.completeAt} zone /> : 'not yet',
    ],
    ['Next comparison', comparison.dueAt ? <Moment key="due" at={comparison.dueAt} zone /> : '–'],
    [
      'Address for messages',
      <span key="address" className="oc-wrap">
        {webhooks.address} <CopyButton small text={webhooks.address} label="Copy the address" />
        <Text size="xs" c="dimmed">
          Name it in the app’s settings in Shopify for the three topics of privacy law: customers/data_request,
          customers/redact, shop/redact.
        </Text>
      </span>,
    ],
  ]
}

function FailedMessages({ storeId, failures }: { storeId: string; failures: ShopOrders['failures'] }) {
  const { canAdmin } = useRole()
  const retry = useAction({
    run: (webhookId: string) => post(`/v1/stores/${storeId}/webhooks/${encodeURIComponent(webhookId)}/retry`),
    refreshes: ['stores'],
    onDone: () => showDone('The message is read again.'),
  })
  const columns: Column<ShopOrders['failures'][number]>[] = [
    { id: 'topic', header: 'Message', cell: ({ topic }) => topic },
    { id: 'at', header: 'Arrived', phone: 'hidden', cell: ({ receivedAt }) => <Moment at={receivedAt} /> },
    { id: 'error', header: 'Why', cell: ({ error }) => <span className="oc-wrap">{error ?? '–'}</span> },
    {
      id: 'retry',
      header: '',
      align: 'right',
      cell: ({ webhookId, topic, canRetry }) =>
        canAdmin &&
        canRetry && (
          <Button
            size="compact-sm"
            variant="subtle"
            aria-label={`Try again: ${topic}`}
            onClick={() => retry.mutate(webhookId)}
          >
            Try again
          </Button>
        ),
    },
  ]
  return (
    <div>
      <Text fw={600} size="sm" mb="xs">
        Messages that could not be read
      </Text>
      <RowsTable
        label="Messages that could not be read"
        columns={columns}
        rows={failures}
        rowKey={({ webhookId }) => webhookId}
      />
    </div>
  )
}

function DataRequests({ storeId, requests }: { storeId: string; requests: ShopOrders['dataRequests'] }) {
  return (
    <div>
      <Text fw={600} size="sm" mb="xs">
        Customers who want to know what is known of them
      </Text>
      <List size="sm" spacing={4}>
        {requests.map(({ id, customerId, requestedAt, fetchedAt }) => (
          <List.Item key={id}>
            Customer {customerId ?? 'without a number'}, asked <Moment at={requestedAt} />:{' '}
            <a href={`/v1/stores/${storeId}/data-requests/${id}/file`} download>
              {fetchedAt ? 'download the file again' : 'download the file'}
            </a>
          </List.Item>
        ))}
      </List>
    </div>
  )
}
