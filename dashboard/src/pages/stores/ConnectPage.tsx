import { Alert, Grid, Paper, PasswordInput, Radio, Stack, Text, TextInput, Title } from '@mantine/core'
import { isNotEmpty, useForm } from '@mantine/form'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import type { BeginInstallation, ConnectedShop, ConnectShop } from '../../../../contract/shopify.ts'
import { post } from '../../api/api.ts'
import { shopsQuery } from '../../api/shopify.ts'
import type { BeginInstallationReply } from '../../api/types.ts'
import { EntryForm } from '../../parts/EntryForm.tsx'
import { ButtonLink, TextLink } from '../../parts/links.tsx'
import { Page } from '../../parts/Page.tsx'
import { showDone } from '../../parts/toasts.ts'
import { PATHS } from '../../paths.ts'
import { DemoOffer } from './StoresPage.tsx'
import { FAILURES, SCOPES, WAYS, type Way, WaySteps } from './ways.tsx'

const ORDER: Way[] = ['client_credentials', 'oauth', 'token']

export function ConnectPage() {
  const { failed, shop } = useSearch({ from: PATHS.connectStore })
  const shops = useQuery(shopsQuery)
  const [way, setWay] = useState<Way>(failed ? 'oauth' : 'client_credentials')
  return (
    <Page
      title="Connect a Shopify shop"
      description="Onecode then puts codes into the shop, and sees the orders that use them."
      back={<TextLink to={PATHS.stores}>Stores</TextLink>}
    >
      {failed && (
        <Alert color="red" role="alert" icon={<IconAlertTriangle />} title="The shop was not connected">
          {FAILURES[failed] ?? 'Something went wrong on the way. Begin again.'}
        </Alert>
      )}
      {shops.data && !shop && <DemoOffer shops={shops.data} />}
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Paper p="lg">
            <Stack gap="lg">
              <Radio.Group label="How do you want to connect?" value={way} onChange={(value) => setWay(value as Way)}>
                <Stack gap="sm" mt="xs">
                  {ORDER.map((value) => (
                    <Radio key={value} value={value} label={WAYS[value].label} description={WAYS[value].text} />
                  ))}
                </Stack>
              </Radio.Group>
              <ConnectForm key={way} way={way} domain={shop ?? ''} />
            </Stack>
          </Paper>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Stack gap="lg">
            <Paper p="lg">
              <Title order={2} mb="md">
                What to do in Shopify
              </Title>
              <WaySteps way={way} />
            </Paper>
            <Paper p="lg">
              <Title order={2} mb="xs">
                What the app may do
              </Title>
              <Stack gap={6}>
                {SCOPES.map(([scope, reason]) => (
                  <Text size="sm" key={scope}>
                    <Text span ff="monospace" size="sm">
                      {scope}
                    </Text>{' '}
                    <Text span c="dimmed" size="sm">
                      {reason}
                    </Text>
                  </Text>
                ))}
              </Stack>
            </Paper>
          </Stack>
        </Grid.Col>
      </Grid>
    </Page>
  )
}

type Values = { domain: string; clientId: string; clientSecret: string; accessToken: string; apiSecret: string }

function ConnectForm({ way, domain }: { way: Way; domain: string }) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const needsApp = way !== 'token'
  const form = useForm<Values>({
    initialValues: { domain, clientId: '', clientSecret: '', accessToken: '', apiSecret: '' },
    validate: {
      domain: isNotEmpty('Write the shop’s address: name.myshopify.com.'),
      ...(needsApp
        ? { clientId: isNotEmpty('Copy it from Shopify.'), clientSecret: isNotEmpty('Copy it from Shopify.') }
        : { accessToken: isNotEmpty('Copy it from Shopify; it begins with shpat_.') }),
    },
  })
  const connect = async (values: Values) => {
    if (way === 'oauth') {
      const { clientId, clientSecret } = values
      const body: BeginInstallation = { domain: values.domain, clientId, clientSecret }
      const { authorizeUrl } = await post<BeginInstallationReply>('/v1/stores/shopify/oauth', body)
      window.location.assign(authorizeUrl)
      return
    }
    const { store, isNew } = await post<ConnectedShop>('/v1/stores/shopify', toBody(way, values))
    await client.invalidateQueries({ queryKey: ['stores'] })
    showDone(isNew ? `${store.name} is connected.` : `${store.name} is connected again.`)
    await navigate({ to: PATHS.store, params: { storeId: store.id } })
  }
  return (
    <EntryForm
      form={form}
      run={connect}
      submitLabel={WAYS[way].submit}
      secondary={
        <ButtonLink to={PATHS.stores} variant="default">
          Cancel
        </ButtonLink>
      }
    >
      <TextInput
        label="Address of the shop"
        description="As in the admin, whatever address customers see."
        placeholder="name.myshopify.com"
        autoCapitalize="none"
        autoComplete="off"
        spellCheck={false}
        {...form.getInputProps('domain')}
      />
      {needsApp ? (
        <>
          <TextInput label="Client ID" autoComplete="off" spellCheck={false} {...form.getInputProps('clientId')} />
          <PasswordInput label="Secret" autoComplete="off" {...form.getInputProps('clientSecret')} />
        </>
      ) : (
        <>
          <PasswordInput label="Admin API access token" autoComplete="off" {...form.getInputProps('accessToken')} />
          <PasswordInput
            label="API secret key"
            description="Without it no message of the shop can be checked, and orders are noticed later."
            autoComplete="off"
            {...form.getInputProps('apiSecret')}
          />
        </>
      )}
    </EntryForm>
  )
}

function toBody(way: Exclude<Way, 'oauth'>, values: Values): ConnectShop {
  const { domain, clientId, clientSecret, accessToken, apiSecret } = values
  if (way === 'client_credentials') return { method: way, domain, clientId, clientSecret }
  return { method: way, domain, accessToken, apiSecret: apiSecret.trim() || null }
}
