import { Alert, Box, Grid, List, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconInfoCircle } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import type { Coupon, Store } from '../../../../contract/coupons.ts'
import { storesQuery } from '../../api/account.ts'
import { post } from '../../api/api.ts'
import { couponQuery } from '../../api/coupons.ts'
import type { EditTermsReply } from '../../api/types.ts'
import { plural } from '../../lib/format.ts'
import { checkTerms, fromTerms, type TermsValues, toFieldErrors, toTerms } from '../../lib/terms-values.ts'
import { EntryForm } from '../../parts/EntryForm.tsx'
import { Loaded } from '../../parts/Loaded.tsx'
import { ButtonLink, TextLink } from '../../parts/links.tsx'
import { Page } from '../../parts/Page.tsx'
import { showDone } from '../../parts/toasts.ts'
import { PATHS } from '../../paths.ts'
import { TermsFields, TermsSummary } from './TermsFields.tsx'

export function EditTermsPage() {
  const { couponId } = useParams({ from: PATHS.editTerms })
  const coupon = useQuery(couponQuery(couponId))
  const stores = useQuery(storesQuery)
  return (
    <Page
      title={coupon.data ? `Edit the terms of ${coupon.data.name}` : 'Edit terms'}
      back={
        <TextLink to={PATHS.coupon} params={{ couponId }}>
          {coupon.data?.name ?? 'Coupon'}
        </TextLink>
      }
    >
      <Loaded query={stores}>
        {({ items }) => (
          <Loaded query={coupon}>
            {(data) => <EditTermsForm coupon={data} store={items.find(({ id }) => id === data.storeId) ?? items[0]} />}
          </Loaded>
        )}
      </Loaded>
    </Page>
  )
}

function EditTermsForm({ coupon, store }: { coupon: Coupon; store: Store | undefined }) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const storeTime = store ?? {
    id: '',
    kind: 'custom' as const,
    currency: 'EUR',
    timeZone: 'UTC',
    sellsSubscriptions: false,
  }
  const form = useForm<TermsValues>({ initialValues: fromTerms(coupon.terms, storeTime), validate: checkTerms })
  const save = async (values: TermsValues) => {
    const reply = await post<EditTermsReply>(`/v1/coupons/${coupon.id}/terms`, { terms: toTerms(values, storeTime) })
    await client.invalidateQueries({ queryKey: ['coupons'] })
    showDone(
      reply.withdrawn > 0
        ? `Version ${reply.version} holds now. ${plural(reply.withdrawn, 'unassigned code was', 'unassigned codes were')} withdrawn: add new ones.`
        : `Version ${reply.version} holds now.`,
    )
    await navigate({ to: PATHS.coupon, params: { couponId: coupon.id } })
  }
  return (
    <EntryForm
      form={form}
      run={save}
      mapErrors={toFieldErrors}
      submitLabel={`Save as version ${coupon.version + 1}`}
      secondary={
        <ButtonLink to={PATHS.coupon} params={{ couponId: coupon.id }} variant="default">
          Cancel
        </ButtonLink>
      }
    >
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 8 }}>
          <TermsFields form={form} store={storeTime} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Box style={{ position: 'sticky', top: 24 }}>
            <TermsSummary values={form.values} store={storeTime} />
            <Alert mt="md" color="gray" icon={<IconInfoCircle />} title="What happens to codes">
              <List size="sm" spacing={6}>
                <List.Item>
                  <Text span size="sm" fw={600}>
                    {plural(coupon.counts.assigned, 'assigned code')}
                  </Text>{' '}
                  keep the terms that people were promised.
                </List.Item>
                <List.Item>
                  <Text span size="sm" fw={600}>
                    {plural(coupon.counts.available, 'available code')}
                  </Text>{' '}
                  are withdrawn and cannot be used any more.
                </List.Item>
                <List.Item>Add as many new codes as you need; they follow the new terms.</List.Item>
              </List>
            </Alert>
          </Box>
        </Grid.Col>
      </Grid>
    </EntryForm>
  )
}
