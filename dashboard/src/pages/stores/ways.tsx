import { Anchor, Code, List } from '@mantine/core'
import type { ReactNode } from 'react'
import { CopyButton } from '../../parts/CopyButton.tsx'

export type Way = 'client_credentials' | 'oauth' | 'token'

/** What the app may do, and why. The server says which ones are missing after connecting. */
export const SCOPES: [string, string][] = [
  ['write_discounts', 'puts codes into the shop'],
  ['read_orders', 'sees which order used a code'],
  ['read_customers', 'knows who ordered'],
  ['read_products', 'lets you choose products by name'],
]

export const WAYS: Record<Way, { label: string; text: string; submit: string }> = {
  client_credentials: {
    label: 'An app of your own shop',
    text: 'The usual way: you make a small app in Shopify, for your shop alone, and give its two keys here.',
    submit: 'Connect',
  },
  oauth: {
    label: 'An app that is installed',
    text: 'For an app that other shops install too: Shopify asks you to allow it, and leads you back here.',
    submit: 'Go on to Shopify',
  },
  token: {
    label: 'An access token',
    text: 'For an older custom app that you made in the shop’s admin: paste its token, which never ends.',
    submit: 'Connect',
  },
}

const scopeList = SCOPES.map(([scope]) => scope).join(',')

function Steps({ children }: { children: ReactNode }) {
  return (
    <List type="ordered" size="sm" spacing="sm">
      {children}
    </List>
  )
}

const CREATE_APP = (
  <List.Item key="create">
    In the{' '}
    <Anchor href="https://dev.shopify.com/dashboard" target="_blank" rel="noreferrer" inherit>
      Dev Dashboard
    </Anchor>{' '}
    of Shopify choose <b>Apps</b>, then <b>Create app</b> and <b>Start from Dev Dashboard</b>. Name it Onecode.
  </List.Item>
)

const SELECT_SCOPES = (
  <List.Item key="scopes">
    Under <b>Versions</b>, select these scopes and press <b>Release</b>:{' '}
    <Code className="oc-wrap">{scopeList.replaceAll(',', ', ')}</Code>{' '}
    <CopyButton small text={scopeList} label="Copy the scopes" />
  </List.Item>
)

const COPY_KEYS = (
  <List.Item key="keys">
    Under <b>Settings</b>, copy the <b>Client ID</b> and the <b>Secret</b> into the form.
  </List.Item>
)

/** What to click in Shopify, way by way. */
export function WaySteps({ way }: { way: Way }) {
  const callback = `${window.location.origin}/shopify/callback`
  if (way === 'token')
    return (
      <Steps>
        <List.Item>
          In your shop’s admin open <b>Settings</b>, <b>Apps and sales channels</b>, <b>Develop apps</b>, and the app.
        </List.Item>
        <List.Item>
          Under <b>Configuration</b>, its Admin API access scopes must hold{' '}
          <Code className="oc-wrap">{scopeList.replaceAll(',', ', ')}</Code>.
        </List.Item>
        <List.Item>
          Under <b>API credentials</b>, copy the <b>Admin API access token</b>. Shopify shows it once, when the app is
          installed.
        </List.Item>
        <List.Item>
          Copy the <b>API secret key</b> too: with it Onecode can tell real messages of the shop from forged ones.
        </List.Item>
      </Steps>
    )
  if (way === 'oauth')
    return (
      <Steps>
        {CREATE_APP}
        <List.Item>
          Under <b>Versions</b>, add this redirect URL: <Code className="oc-wrap">{callback}</Code>{' '}
          <CopyButton small text={callback} label="Copy the redirect URL" />
        </List.Item>
        {SELECT_SCOPES}
        {COPY_KEYS}
        <List.Item>Shopify then asks you to install the app, and leads you back here within ten minutes.</List.Item>
      </Steps>
    )
  return (
    <Steps>
      {CREATE_APP}
      {SELECT_SCOPES}
      <List.Item>
        On the app’s <b>Home</b>, press <b>Install app</b> and choose your shop. App and shop must belong to the same
        organisation.
      </List.Item>
      {COPY_KEYS}
    </Steps>
  )
}

/** Why an installation that led through Shopify did not end well. */
export const FAILURES: Record<string, string> = {
  session: 'You were not signed in when Shopify led you back. Begin again.',
  state: 'This installation was over, was used already, or was begun in another browser. Begin again.',
  signature: 'The answer was not signed with the secret that you gave. Check the secret and begin again.',
  shop: 'Shopify answered for another shop than the one that you named. Write its own address and begin again.',
  timestamp: 'The answer came too late, or the clock of this server is wrong. Begin again.',
  shop_refused: 'Shopify did not accept the app. Check client ID and secret, and that the app is released.',
  shop_scope_missing: 'The app may not write discounts. Give it that scope in Shopify, release it, and begin again.',
  shop_currency_changed: 'The shop sells in another currency than before. Coupons and orders here are in the old one.',
  shop_unavailable: 'The shop did not answer. Try again in a minute.',
}
