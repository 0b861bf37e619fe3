import { Text } from '@mantine/core'
import type { Profile } from '../../../../contract/people.ts'
import type { Column } from '../../parts/DataTable.tsx'
import { Moment } from '../../parts/figures.tsx'
import { TextLink } from '../../parts/links.tsx'
import { StateBadge } from '../../parts/StateBadge.tsx'
import { PATHS } from '../../paths.ts'
import { personName } from './person-parts.tsx'

export const PERSON_COLUMNS: Column<Profile>[] = [
  {
    id: 'name',
    header: 'Person',
    cell: (profile) => (
      <div>
        <TextLink to={PATHS.profile} params={{ profileId: profile.id }} fw={600} size="sm" className="oc-wrap">
          {personName(profile)}
        </TextLink>
        <Text size="xs" c="dimmed" className="oc-wrap" hiddenFrom="sm">
          {profile.email}
        </Text>
      </div>
    ),
  },
  {
    id: 'email',
    header: 'Email',
    phone: 'hidden',
    cell: ({ email }) => <span className="oc-wrap">{email ?? '–'}</span>,
  },
  { id: 'phone', header: 'Phone', phone: 'hidden', cell: ({ phone }) => phone ?? '–' },
  { id: 'consent', header: 'Email consent', cell: ({ emailConsent }) => <StateBadge state={emailConsent} /> },
  { id: 'created', header: 'Since', phone: 'hidden', cell: ({ createdAt }) => <Moment at={createdAt} /> },
]
