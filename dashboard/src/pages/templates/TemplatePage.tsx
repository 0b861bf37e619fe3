import { ActionIcon, Button, Menu } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconDots, IconMailForward, IconSend, IconTrash } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import type { Template } from '../../../../contract/messages.ts'
import { useRole } from '../../api/account.ts'
import { patch, remove } from '../../api/api.ts'
import { templateQuery, templateReportQuery } from '../../api/messages.ts'
import { useAction } from '../../api/use-action.ts'
import { formatShare, plural, shareOf } from '../../lib/format.ts'
import { askToConfirm } from '../../parts/confirm.tsx'
import { Moment } from '../../parts/figures.tsx'
import { Loaded } from '../../parts/Loaded.tsx'
import { ButtonLink, TextLink } from '../../parts/links.tsx'
import { Page } from '../../parts/Page.tsx'
import { showDone } from '../../parts/toasts.ts'
import { PATHS } from '../../paths.ts'
import { issuesNote } from './issues-note.ts'
import { SendTestDialog } from './SendTestDialog.tsx'
import { TemplateEditor } from './TemplateEditor.tsx'
import type { TemplateValues } from './template-values.ts'

export function TemplatePage() {
  const { templateId } = useParams({ from: PATHS.template })
  const query = useQuery({ ...templateQuery(templateId), refetchOnWindowFocus: false })
  return <Loaded query={query}>{(template) => <TemplateContent template={template} />}</Loaded>
}

function TemplateContent({ template }: { template: Template }) {
  const client = useQueryClient()
  const save = async (values: TemplateValues) => {
    const { name, text } = values
    const changes = template.channel === 'sms' ? { name, text } : { ...values, channel: undefined }
    const saved = await patch<Template>(`/v1/templates/${template.id}`, changes)
    client.setQueryData(['templates', template.id], saved)
    void client.invalidateQueries({ queryKey: ['templates', 'pages'] })
    showDone(`Saved as version ${saved.version}${issuesNote(saved)}.`)
  }
  const [testing, { open, close }] = useDisclosure(false)
  const { canWrite } = useRole()
  return (
    <Page
      title={template.name}
      description={
        <>
          Version {template.version}, changed <Moment at={template.updatedAt} />
          <Numbers template={template} />
        </>
      }
      back={<TextLink to={PATHS.templates}>Templates</TextLink>}
      actions={
        <>
          {canWrite && (
            <Button variant="default" leftSection={<IconMailForward size={17} aria-hidden />} onClick={open}>
              Send a test
            </Button>
          )}
          <ButtonLink
            variant="default"
            to={PATHS.newCampaign}
            search={{ templateId: template.id }}
            leftSection={<IconSend size={17} aria-hidden />}
          >
            Use in a campaign
          </ButtonLink>
          <TemplateMenu template={template} />
        </>
      }
    >
      <SendTestDialog template={template} opened={testing} onClose={close} />
      <TemplateEditor
        key={template.id}
        submitLabel="Save"
        onSave={save}
        initial={{
          name: template.name,
          channel: template.channel,
          subject: template.subject,
          previewText: template.previewText,
          html: template.html,
          text: template.text,
        }}
      />
    </Page>
  )
}

/** How often it was sent, opened and clicked; nothing before the first time. */
function Numbers({ template }: { template: Template }) {
  const { data } = useQuery(templateReportQuery(template.id))
  if (!data || data.sent === 0) return null
  const { sent, opened, clicked } = data
  return (
    <>
      . Sent {plural(sent, 'time', 'times')}
      {template.channel === 'email' && `, opened by ${formatShare(shareOf(opened, sent))}`}, clicked by{' '}
      {formatShare(shareOf(clicked, sent))}.
    </>
  )
}

function TemplateMenu({ template }: { template: Template }) {
  const navigate = useNavigate()
  const drop = useAction({
    run: () => remove(`/v1/templates/${template.id}`),
    refreshes: ['templates'],
    onDone: () => {
      showDone(`${template.name} was deleted.`)
      void navigate({ to: PATHS.templates, ignoreBlocker: true })
    },
  })
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label="More actions">
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          color="red"
          leftSection={<IconTrash size={16} aria-hidden />}
          onClick={() =>
            askToConfirm({
              title: `Delete the template ${template.name}?`,
              body: 'Mails that were sent with it stay in the outbox.',
              confirm: 'Delete the template',
              dangerous: true,
              onConfirm: () => drop.mutate(),
            })
          }
        >
          Delete
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
