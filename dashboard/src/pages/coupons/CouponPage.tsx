import { ActionIcon, Alert, Badge, Button, Group, Menu, Tabs } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconAlertTriangle, IconArchive, IconDots, IconPencil, IconPlus, IconUpload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import type { Coupon } from '../../../../contract/coupons.ts'
import { useRole, useTimeZone } from '../../api/account.ts'
import { remove } from '../../api/api.ts'
import { codeJobsQuery, couponQuery, isUnderWay, PROGRESS_INTERVAL_MS } from '../../api/coupons.ts'
import { useAction } from '../../api/use-action.ts'
import { describeTerms } from '../../lib/describe-terms.ts'
import { formatCount, plural } from '../../lib/format.ts'
import { askToConfirm } from '../../parts/confirm.tsx'
import { Loaded } from '../../parts/Loaded.tsx'
import { ButtonLink, TextLink } from '../../parts/links.tsx'
import { Page } from '../../parts/Page.tsx'
import { showDone } from '../../parts/toasts.ts'
import { PATHS } from '../../paths.ts'
import { AddCodesDialog } from './AddCodesDialog.tsx'
import { CodesTab } from './CodesTab.tsx'
import { CouponDrift } from './CouponDrift.tsx'
import { EditCouponDialog } from './EditCouponDialog.tsx'
import { OverviewTab } from './OverviewTab.tsx'
import { ReportTab } from './ReportTab.tsx'
import { UploadCodesDialog } from './UploadCodesDialog.tsx'
import { VersionsTab } from './VersionsTab.tsx'

export function CouponPage() {
  const { couponId } = useParams({ from: PATHS.coupon })
  const jobs = useQuery(codeJobsQuery(couponId))
  const busy = jobs.data?.some(isUnderWay) ?? false
  const coupon = useQuery({ ...couponQuery(couponId), refetchInterval: busy ? PROGRESS_INTERVAL_MS : false })
  return <Loaded query={coupon}>{(data) => <CouponContent coupon={data} />}</Loaded>
}

function CouponContent({ coupon }: { coupon: Coupon }) {
  const { tab = 'overview' } = useSearch({ from: PATHS.coupon })
  const navigate = useNavigate({ from: PATHS.coupon })
  const timeZone = useTimeZone()
  return (
    <Page
      title={coupon.name}
      description={`${describeTerms(coupon.terms, timeZone)}.`}
      back={<TextLink to={PATHS.coupons}>Coupons</TextLink>}
      heading={
        <Group gap="sm" component="span">
          {coupon.name}
          {coupon.archivedAt && <Badge color="gray">archived</Badge>}
        </Group>
      }
      actions={!coupon.archivedAt && <CouponActions coupon={coupon} />}
    >
      {coupon.lowStock && !coupon.archivedAt && (
        <Alert color="honey" icon={<IconAlertTriangle />}>
          {coupon.counts.available === 0
            ? 'No code is available: nobody can be given one until you add more.'
            : `Only ${plural(coupon.counts.available, 'code')} available; you asked to be told below ${formatCount(coupon.lowStockThreshold)}.`}
        </Alert>
      )}
      <CouponDrift couponId={coupon.id} />
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(value) =>
          void navigate({ search: value === 'overview' ? {} : { tab: value as 'codes' | 'report' | 'versions' } })
        }
      >
        <Tabs.List mb="lg">
          <Tabs.Tab value="overview">Overview</Tabs.Tab>
          <Tabs.Tab value="codes">Codes</Tabs.Tab>
          <Tabs.Tab value="report">Report</Tabs.Tab>
          <Tabs.Tab value="versions">Versions</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="overview">
          <OverviewTab coupon={coupon} />
        </Tabs.Panel>
        <Tabs.Panel value="codes">
          <CodesTab coupon={coupon} />
        </Tabs.Panel>
        <Tabs.Panel value="report">
          <ReportTab couponId={coupon.id} />
        </Tabs.Panel>
        <Tabs.Panel value="versions">
          <VersionsTab couponId={coupon.id} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}

function CouponActions({ coupon }: { coupon: Coupon }) {
  const { canWrite } = useRole()
  const [adding, add] = useDisclosure(false)
  const [uploading, upload] = useDisclosure(false)
  const [editing, edit] = useDisclosure(false)
  const archive = useAction({
    run: () => remove(`/v1/coupons/${coupon.id}`),
    refreshes: ['coupons'],
    onDone: () => showDone(`${coupon.name} was archived.`),
  })
  const askToArchive = () =>
    askToConfirm({
      title: `Archive ${coupon.name}?`,
      body: 'No more codes can be added or given to people. Codes that people already have stay valid as promised.',
      confirm: 'Archive',
      dangerous: true,
      onConfirm: () => archive.mutate(),
    })
  if (!canWrite) return null
  return (
    <>
      {coupon.type === 'unique' && (
        <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={add.open}>
          Add codes
        </Button>
      )}
      {coupon.type === 'uploaded' && (
        <Button leftSection={<IconUpload size={18} aria-hidden />} onClick={upload.open}>
          Upload codes
        </Button>
      )}
      <ButtonLink
        variant="default"
        to={PATHS.editTerms}
        params={{ couponId: coupon.id }}
        leftSection={<IconPencil size={17} aria-hidden />}
      >
        Edit terms
      </ButtonLink>
      <Menu>
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label="More actions">
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={edit.open}>
            Edit details
          </Menu.Item>
          <Menu.Item color="red" leftSection={<IconArchive size={16} aria-hidden />} onClick={askToArchive}>
            Archive
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <AddCodesDialog coupon={coupon} opened={adding} onClose={add.close} />
      <UploadCodesDialog coupon={coupon} opened={uploading} onClose={upload.close} />
      <EditCouponDialog coupon={coupon} opened={editing} onClose={edit.close} />
    </>
  )
}
