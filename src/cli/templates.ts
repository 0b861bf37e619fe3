import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import type { Preview, Template, TemplateIssue } from '../../contract/messages.ts'
import type { Cli } from './lib/cli.ts'
import { requireProfile, requireTemplate } from './lib/find.ts'
import { formatMoment } from './lib/progress.ts'
import { formatFacts, formatTable } from './lib/table.ts'

type CreateOptions = { subject: string; html: string; text?: string; previewText?: string }

export function addTemplates(program: Command, cli: Cli): void {
  const templates = program.command('templates').description('Emails with the codes in them.')
  templates
    .command('create')
    .argument('<name>')
    .description('Save an email.')
    .requiredOption('--subject <text>')
    .requiredOption('--html <file>', "HTML; {% coupon_code 'NAME' %} becomes the code of each person")
    .option('--text <file>', 'the plain text; made from the HTML when left out')
    .option('--preview-text <text>', 'what inboxes show beside the subject')
    .addHelpText(
      'after',
      '\nExample:\n  onecode templates create Welcome --subject "Hello {{ first_name }}" --html welcome.html',
    )
    .action((name: string, options: CreateOptions) => create(cli, name, options))
  templates
    .command('list')
    .description('Show all templates.')
    .addHelpText('after', '\nExample:\n  onecode templates list')
    .action(async () => {
      const all = await cli.client().listAll<Template>('/v1/templates')
      const rows = all.map((one) => [one.name, one.subject, one.coupons.join(', '), formatMoment(one.updatedAt)])
      cli.show(all, formatTable(['name', 'subject', 'coupons', 'changed'], rows))
    })
  templates
    .command('preview')
    .argument('<name>')
    .option('--email <address>', 'as this person would see it')
    .description('Show an email without sending it. No code is drawn: NAME-preview stands for it.')
    .addHelpText('after', '\nExample:\n  onecode templates preview Welcome --email jane@example.com')
    .action((name: string, { email }: { email?: string }) => preview(cli, name, email))
}

async function create(cli: Cli, name: string, options: CreateOptions): Promise<void> {
  const { subject, previewText } = options
  const template = await cli.client().post<Template>('/v1/templates', {
    name,
    subject,
    html: await readFile(options.html, 'utf8'),
    ...(options.text === undefined ? {} : { text: await readFile(options.text, 'utf8') }),
    ...(previewText === undefined ? {} : { previewText }),
  })
  cli.show(template, [`The template ${template.name} is saved.`, ...template.issues.map(describeIssue)].join('\n'))
}

async function preview(cli: Cli, name: string, email: string | undefined): Promise<void> {
  const client = cli.client()
  const { subject, previewText, html, text } = await requireTemplate(client, name)
  const profileId = email === undefined ? null : (await requireProfile(client, email)).id
  const content = { subject, previewText, html, text, profileId }
  const shown = await client.post<Preview>('/v1/templates/preview', content)
  const facts = formatFacts({ subject: shown.subject, coupons: shown.coupons.join(', ') || null })
  cli.show(shown, [facts, ...shown.issues.map(describeIssue), '', shown.text].join('\n'))
  if (shown.issues.some((issue) => issue.severity === 'error')) cli.setExitCode(1)
}

function describeIssue({ part, severity, message, line }: TemplateIssue): string {
  return `${severity}: ${part}, line ${line}: ${message}`
}
