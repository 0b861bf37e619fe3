import { Grid, Paper, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useBlocker } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import type { Preview, TemplateIssue } from '../../../../contract/messages.ts'
import { useRole } from '../../api/account.ts'
import { ApiError } from '../../api/api.ts'
import { previewQuery } from '../../api/messages.ts'
import { plural } from '../../lib/format.ts'
import { EntryForm } from '../../parts/EntryForm.tsx'
import { BodyEditor } from './BodyEditor.tsx'
import type { EditorHandle } from './HtmlEditor.tsx'
import { InsertMenu } from './InsertMenu.tsx'
import { IssueList } from './IssueList.tsx'
import { PreviewPane } from './PreviewPane.tsx'
import { SmsEditor } from './SmsEditor.tsx'
import type { BodyPart, TemplateValues } from './template-values.ts'

type Props = { initial: TemplateValues; submitLabel: string; onSave: (values: TemplateValues) => Promise<void> }

export function TemplateEditor({ initial, submitLabel, onSave }: Props) {
  const { canWrite } = useRole()
  const isSms = initial.channel === 'sms'
  const editor = useRef<EditorHandle>(null)
  const [part, setPart] = useState<BodyPart>(isSms ? 'text' : 'html')
  const [profileId, setProfileId] = useState<string | null>(null)
  const form = useForm<TemplateValues>({
    initialValues: initial,
    validate: {
      name: (name) => (name.trim() ? null : 'Give the template a name.'),
      subject: (subject) => (isSms || subject.trim() ? null : 'Write a subject.'),
      html: (html) => (isSms || html.trim() ? null : 'Write the mail.'),
      text: (text) => (!isSms || text?.trim() ? null : 'Write the text message.'),
    },
  })
  const preview = usePreview(form.values, profileId)
  const saving = useRef(false)
  useWarnBeforeLeaving(() => form.isDirty() && !saving.current)
  const save = async (values: TemplateValues) => {
    saving.current = true
    try {
      await onSave(values)
      form.resetDirty(values)
    } finally {
      saving.current = false
    }
  }
  const showIssue = (issue: TemplateIssue) => {
    if (issue.part === 'html' || issue.part === 'text') {
      setPart(issue.part)
      requestAnimationFrame(() => editor.current?.goTo(issue.line, issue.column))
    } else document.querySelector<HTMLInputElement>(`[data-path="${issue.part}"]`)?.focus()
  }
  const issues = preview.data?.issues ?? issuesOf(preview.error)
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, lg: 7 }}>
        <EntryForm
          form={form}
          run={save}
          submitLabel={submitLabel}
          secondary={form.isDirty() && <Text c="dimmed">Not saved yet</Text>}
        >
          <Paper p="lg">
            <Stack gap="md">
              <TextInput
                label="Name"
                description="For your team."
                placeholder="Welcome mail"
                maxLength={200}
                {...form.getInputProps('name')}
              />
              {isSms || (
                <>
                  <TextInput label="Subject" maxLength={998} {...form.getInputProps('subject')} data-path="subject" />
                  <TextInput
                    label="Preview text"
                    description="What mail programs show after the subject."
                    maxLength={500}
                    {...form.getInputProps('previewText')}
                    data-path="previewText"
                  />
                </>
              )}
            </Stack>
          </Paper>
          {isSms ? (
            <SmsEditor
              ref={editor}
              text={form.values.text ?? ''}
              onText={(text) => form.setFieldValue('text', text)}
              segments={preview.data?.segments ?? null}
              error={form.errors.text}
              insert={canWrite && <InsertMenu onInsert={(text) => editor.current?.insert(text)} />}
            />
          ) : (
            <BodyEditor
              ref={editor}
              part={part}
              onPart={setPart}
              values={form.values}
              madeText={preview.data?.text ?? ''}
              error={form.errors.html}
              onHtml={(html) => form.setFieldValue('html', html)}
              onText={(text) => form.setFieldValue('text', text)}
              insert={canWrite && <InsertMenu onInsert={(text) => editor.current?.insert(text)} />}
            />
          )}
          <IssueList issues={issues} onShow={showIssue} />
        </EntryForm>
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 5 }}>
        <PreviewPane
          preview={preview.data}
          error={issues.length === 0 ? preview.error : null}
          updating={preview.isFetching}
          profileId={profileId}
          onProfile={setProfileId}
          problems={issues.length > 0 ? plural(issues.length, 'issue') : null}
        />
      </Grid.Col>
    </Grid>
  )
}

/** Renders a moment after the last key; keeps the last picture until then. */
function usePreview(values: TemplateValues, profileId: string | null) {
  const [settled] = useDebouncedValue(values, 400)
  return useQuery({
    ...previewQuery({
      channel: settled.channel,
      subject: settled.channel === 'sms' ? '' : settled.subject.trim() || '(no subject)',
      previewText: settled.previewText,
      html: settled.html,
      text: settled.text,
      profileId,
    }),
    enabled: (settled.channel === 'sms' ? (settled.text ?? '') : settled.html).trim() !== '',
    placeholderData: keepPreviousData<Preview>,
  })
}

/** A template that cannot be rendered is refused with the same list of issues. */
function issuesOf(error: unknown): TemplateIssue[] {
  if (!(error instanceof ApiError) || error.code !== 'template_invalid') return []
  return Array.isArray(error.data.issues) ? (error.data.issues as TemplateIssue[]) : []
}

function useWarnBeforeLeaving(hasChanges: () => boolean): void {
  useBlocker({
    shouldBlockFn: () => hasChanges() && !window.confirm('Leave without saving? Your changes would be lost.'),
    enableBeforeUnload: hasChanges,
  })
}
