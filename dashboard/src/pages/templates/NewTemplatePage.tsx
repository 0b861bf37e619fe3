import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { Template } from '../../../../contract/messages.ts'
import { post } from '../../api/api.ts'
import { couponMenuQuery } from '../../api/coupons.ts'
import { Loaded } from '../../parts/Loaded.tsx'
import { TextLink } from '../../parts/links.tsx'
import { Page } from '../../parts/Page.tsx'
import { showDone } from '../../parts/toasts.ts'
import { PATHS } from '../../paths.ts'
import { issuesNote } from './issues-note.ts'
import { EXAMPLE_COUPON, STARTER_PREVIEW_TEXT, STARTER_SUBJECT, starterHtml } from './starter.ts'
import { TemplateEditor } from './TemplateEditor.tsx'
import type { TemplateValues } from './template-values.ts'

const starterMail = (couponName: string): TemplateValues => ({
  name: '',
  channel: 'email',
  subject: STARTER_SUBJECT,
  previewText: STARTER_PREVIEW_TEXT,
  html: starterHtml(couponName),
  text: null,
})
const starterSms = (couponName: string): TemplateValues => ({
  name: '',
  channel: 'sms',
  subject: '',
  previewText: '',
  html: '',
  text: `{{ first_name|default:'Hello' }}, your own code: {% coupon_code '${couponName}' %}. It works once.`,
})

export function NewTemplatePage() {
  const isSms = useSearch({ from: PATHS.newTemplate }).channel === 'sms'
  const client = useQueryClient()
  const navigate = useNavigate()
  const coupons = useQuery(couponMenuQuery)
  const create = async (values: TemplateValues) => {
    const template = await post<Template>('/v1/templates', values)
    client.setQueryData(['templates', template.id], template)
    void client.invalidateQueries({ queryKey: ['templates'] })
    void client.invalidateQueries({ queryKey: ['home'] })
    showDone(`The template was created${issuesNote(template)}.`)
    await navigate({ to: PATHS.template, params: { templateId: template.id }, replace: true })
  }
  return (
    <Page
      title={isSms ? 'New text message' : 'New template'}
      back={<TextLink to={PATHS.templates}>Templates</TextLink>}
    >
      <Loaded query={coupons}>
        {({ items }) => (
          <TemplateEditor
            submitLabel="Create the template"
            onSave={create}
            initial={
              isSms ? starterSms(items[0]?.name ?? EXAMPLE_COUPON) : starterMail(items[0]?.name ?? EXAMPLE_COUPON)
            }
          />
        )}
      </Loaded>
    </Page>
  )
}
