import { Badge, Box, Center, Group, Loader, Paper, SegmentedControl, Stack, Text } from '@mantine/core'
import { IconDeviceDesktop, IconDeviceMobile } from '@tabler/icons-react'
import { useState } from 'react'
import type { Preview } from '../../../../contract/messages.ts'
import { MailFrame } from '../../parts/MailFrame.tsx'
import { ErrorNotice } from '../../parts/notices.tsx'
import { PersonSelect } from './PersonSelect.tsx'
import { SmsBubble } from './SmsBubble.tsx'

type Props = {
  preview: Preview | undefined
  error: unknown
  updating: boolean
  profileId: string | null
  onProfile: (profileId: string | null) => void
  /** How many issues the last change has, when the picture shows an older state. */
  problems: string | null
}

type Width = 'desktop' | 'phone'

/** The mail as one person will get it. Draws no code: `NAME-preview` stands for it. */
export function PreviewPane({ preview, error, updating, profileId, onProfile, problems }: Props) {
  const [width, setWidth] = useState<Width>('desktop')
  const [lastGood, setLastGood] = useState('')
  const isBroken = preview !== undefined && isWithoutBody(preview)
  if (preview && !isBroken && preview.html !== lastGood) setLastGood(preview.html)
  return (
    <Box style={{ position: 'sticky', top: 20 }}>
      <Paper style={{ overflow: 'hidden' }} component="section" aria-label="Preview">
        <Stack gap="sm" p="md">
          <Group justify="space-between" wrap="nowrap">
            <Group gap="xs">
              <Text fw={650}>Preview</Text>
              {updating && <Loader size={14} aria-label="Updating" />}
              {problems && (
                <Badge color="honey" variant="light" tt="none">
                  {problems}
                </Badge>
              )}
            </Group>
            {!preview?.segments && (
              <SegmentedControl
                size="xs"
                aria-label="Width of the preview"
                value={width}
                onChange={(value) => setWidth(value === 'phone' ? 'phone' : 'desktop')}
                data={[
                  { value: 'desktop', label: <WidthLabel Icon={IconDeviceDesktop} text="Desktop" /> },
                  { value: 'phone', label: <WidthLabel Icon={IconDeviceMobile} text="Phone" /> },
                ]}
              />
            )}
          </Group>
          <PersonSelect value={profileId} onChange={onProfile} />
          {preview && !preview.segments && (
            <Box>
              <Text fw={600} size="sm" className="oc-wrap">
                {preview.subject}
              </Text>
              <Text size="xs" c="dimmed" className="oc-wrap">
                {preview.previewText}
              </Text>
            </Box>
          )}
        </Stack>
        {error !== null && error !== undefined && <ErrorNotice error={error} />}
        {isBroken && (
          <Text size="sm" c="dimmed" px="md" pb="md" role="status">
            The mail cannot be shown with this mistake in it. {lastGood && 'Below is how it looked before.'}
          </Text>
        )}
        <Center style={{ background: 'var(--oc-canvas)', borderTop: '1px solid var(--oc-line)' }}>
          <Box w={width === 'phone' ? 375 : '100%'} maw="100%">
            {preview?.segments ? (
              <SmsBubble text={preview.text} />
            ) : (
              <MailFrame title="Preview of the mail" html={lastGood} />
            )}
          </Box>
        </Center>
      </Paper>
    </Box>
  )
}

/** HTML that cannot be read comes back with its issue and nothing else. */
const isWithoutBody = ({ text, issues }: Preview): boolean =>
  text.trim() === '' && issues.some(({ part, severity }) => part === 'html' && severity === 'error')

function WidthLabel({ Icon, text }: { Icon: typeof IconDeviceMobile; text: string }) {
  return (
    <Group gap={6} wrap="nowrap">
      <Icon size={15} aria-hidden />
      {text}
    </Group>
  )
}
