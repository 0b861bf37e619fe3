import { Button, Center, Group, Loader, Paper, Tabs, Text } from '@mantine/core'
import { lazy, type ReactNode, type Ref, Suspense } from 'react'
import { textOfHtml } from '../../lib/text-of-html.ts'
import type { EditorHandle } from './HtmlEditor.tsx'
import type { BodyPart, TemplateValues } from './template-values.ts'

const HtmlEditor = lazy(() => import('./HtmlEditor.tsx').then((module) => ({ default: module.HtmlEditor })))

type Props = {
  ref: Ref<EditorHandle>
  part: BodyPart
  onPart: (part: BodyPart) => void
  values: TemplateValues
  /** The plain text that is made from the HTML. */
  madeText: string
  error: ReactNode
  onHtml: (html: string) => void
  onText: (text: string | null) => void
  insert: ReactNode
}

/** The mail's two parts: HTML, and the plain text that is made from it unless one writes it. */
export function BodyEditor({ ref, part, onPart, values, madeText, error, onHtml, onText, insert }: Props) {
  const ownText = values.text !== null
  return (
    <Paper style={{ overflow: 'hidden' }}>
      <Tabs value={part} onChange={(value) => onPart(value === 'text' ? 'text' : 'html')} keepMounted={false}>
        <Group justify="space-between" px="md" pt="sm" wrap="nowrap" align="flex-end">
          <Tabs.List style={{ flex: 1 }}>
            <Tabs.Tab value="html">HTML</Tabs.Tab>
            <Tabs.Tab value="text">Plain text</Tabs.Tab>
          </Tabs.List>
          {(part === 'html' || ownText) && insert}
        </Group>
        <Suspense
          fallback={
            <Center h={520}>
              <Loader type="dots" />
            </Center>
          }
        >
          <Tabs.Panel value="html">
            <HtmlEditor ref={ref} value={values.html} onChange={onHtml} label="HTML of the mail" plain={false} />
          </Tabs.Panel>
          <Tabs.Panel value="text">
            {ownText ? (
              <>
                <HtmlEditor
                  ref={ref}
                  value={values.text ?? ''}
                  onChange={onText}
                  label="Plain text of the mail"
                  plain
                />
                <Group p="md">
                  <Button size="xs" variant="default" onClick={() => onText(null)}>
                    Make it from the HTML again
                  </Button>
                </Group>
              </>
            ) : (
              <MadeText text={madeText} onWrite={() => onText(textOfHtml(values.html))} />
            )}
          </Tabs.Panel>
        </Suspense>
      </Tabs>
      {error && (
        <Text c="red" size="sm" p="md" role="alert">
          {error}
        </Text>
      )}
    </Paper>
  )
}

function MadeText({ text, onWrite }: { text: string; onWrite: () => void }) {
  return (
    <Group p="md" align="flex-start" justify="space-between">
      <Text size="sm" c="dimmed" maw={420}>
        Programs without HTML show this text. It is made from the HTML, so that both always say the same.
      </Text>
      <Button size="xs" variant="default" onClick={onWrite}>
        Write it yourself
      </Button>
      <Text component="pre" size="sm" w="100%" m={0} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {text}
      </Text>
    </Group>
  )
}
