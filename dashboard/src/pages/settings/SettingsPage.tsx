import { Tabs } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Page } from '../../parts/Page.tsx'
import { PATHS } from '../../paths.ts'
import { AccountTab } from './AccountTab.tsx'
import { ActivityTab } from './ActivityTab.tsx'
import { DevelopersTab } from './DevelopersTab.tsx'
import { DomainTab } from './DomainTab.tsx'
import { KeysTab } from './KeysTab.tsx'
import { SuppressionTab } from './SuppressionTab.tsx'
import { SendersTab } from './senders/SendersTab.tsx'

type Tab = 'senders' | 'domain' | 'suppression' | 'keys' | 'developers' | 'activity'

export function SettingsPage() {
  const { tab = 'account' } = useSearch({ from: PATHS.settings })
  const navigate = useNavigate({ from: PATHS.settings })
  return (
    <Page title="Settings">
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(value) => void navigate({ search: value === 'account' ? {} : { tab: value as Tab } })}
      >
        <Tabs.List mb="lg">
          <Tabs.Tab value="account">Account</Tabs.Tab>
          <Tabs.Tab value="senders">Senders</Tabs.Tab>
          <Tabs.Tab value="domain">Sending domain</Tabs.Tab>
          <Tabs.Tab value="suppression">Suppression</Tabs.Tab>
          <Tabs.Tab value="keys">API keys</Tabs.Tab>
          <Tabs.Tab value="developers">Developers</Tabs.Tab>
          <Tabs.Tab value="activity">Activity</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="account">
          <AccountTab />
        </Tabs.Panel>
        <Tabs.Panel value="senders">
          <SendersTab />
        </Tabs.Panel>
        <Tabs.Panel value="domain">
          <DomainTab />
        </Tabs.Panel>
        <Tabs.Panel value="suppression">
          <SuppressionTab />
        </Tabs.Panel>
        <Tabs.Panel value="keys">
          <KeysTab />
        </Tabs.Panel>
        <Tabs.Panel value="developers">
          <DevelopersTab />
        </Tabs.Panel>
        <Tabs.Panel value="activity">
          <ActivityTab />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}
