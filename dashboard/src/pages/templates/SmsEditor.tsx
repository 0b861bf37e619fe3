import { Center, Group, Loader, Paper, Text } from '@mantine/core'
import { lazy, type ReactNode, type Ref, Suspense } from 'react'
import type { Preview } from '../../../../contract/messages.ts'
import { plural } from '../../lib/format.ts'
import type { EditorHandle } from './HtmlEditor.tsx'

const HtmlEditor = lazy(() => import('./HtmlEditor.tsx').then((module) => ({ default: module.HtmlEditor })))

type Props = {
  ref: Ref<EditorHandle>
  text: string
  onText: (text: string) => void
  segments: Preview['segments']
  error: ReactNode
  insert: ReactNode
}

/** The words of a text message, and how many messages the carriers make of them. */
export function SmsEditor({ ref, text, onText, segments, error, insert }: Props) {
  return (
    <Paper style={{ overflow: 'hidden' }}>
      <Group justify="space-between" px="md" pt="sm" wrap="nowrap">
        <Text fw={650}>Text message</Text>
        {insert}
      </Group>
      <Suspense
        fallback={
          <Center h={200}>
            <Loader type="dots" />
          </Center>
        }
      >
        <HtmlEditor ref={ref} value={text} onChange={onText} label="Text of the message" plain height="200px" />
      </Suspense>
      <Group justify="space-between" p="md" gap="xs" role="status" aria-label="Length of the message">
        {segments && <Meter segments={segments} />}
      </Group>
      {error && (
        <Text c="red" size="sm" px="md" pb="md" role="alert">
          {error}
        </Text>
      )}
    </Paper>
  )
}

function Meter({ segments }: { segments: NonNullable<Preview['segments']> }) {
  const isWide = segments.encoding === 'UCS-2'
  return (
    <>
      <Text size="sm">
        <Text span fw={650} size="sm">
          {plural(segments.segments, 'segment')}
        </Text>
        , {plural(segments.characters, 'character')}, {segments.remaining} left in the last
      </Text>
      <Text size="sm" c="dimmed">
        {isWide ? 'Unicode: a sign such as an emoji makes segments of 70' : 'GSM-7: segments of 160'}. Counted as the
        first message to a person, with a code of full length.
      </Text>
    </>
  )
}
