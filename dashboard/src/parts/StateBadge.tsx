import { Badge } from '@mantine/core'

const COLOR: Record<string, string> = {
  draft: 'gray',
  scheduled: 'indigo',
  queued: 'gray',
  planned: 'gray',
  made: 'gray',
  ready: 'cyan',
  deferred: 'honey',
  preparing: 'cyan',
  sending: 'cyan',
  running: 'cyan',
  paused: 'honey',
  assigned: 'honey',
  open: 'honey',
  unknown: 'orange',
  live: 'pine',
  sent: 'pine',
  done: 'pine',
  accepted: 'pine',
  subscribed: 'pine',
  redeemed: 'indigo',
  expired: 'gray',
  withdrawn: 'gray',
  cancelled: 'gray',
  skipped: 'gray',
  revoked: 'gray',
  rolled_back: 'orange',
  never_subscribed: 'gray',
  unsubscribed: 'red',
  rejected: 'red',
  failed: 'red',
  connected: 'pine',
  unauthorized: 'red',
  uninstalled: 'red',
  disconnected: 'gray',
}

const TEXT: Record<string, string> = {
  rolled_back: 'rolled back',
  never_subscribed: 'never subscribed',
  live: 'available',
  unauthorized: 'refused by Shopify',
}

/** A state as a word with a colour; the word alone says it all. */
export function StateBadge({ state }: { state: string }) {
  return (
    <Badge variant="light" color={COLOR[state] ?? 'gray'} tt="none" fw={600} radius="sm" miw="max-content">
      {TEXT[state] ?? state}
    </Badge>
  )
}

/** Marks what testers did: no report counts it. */
export function TestBadge() {
  return (
    <Badge variant="outline" color="gray" tt="none" fw={600} radius="sm" miw="max-content">
      test
    </Badge>
  )
}
