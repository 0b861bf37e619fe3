import type { TemplateIssue } from '../../contract/messages.ts'
import { htmlToText } from '../lib/html-text.ts'
import {
  analyzeTemplate,
  type CompiledTemplate,
  compileTemplate,
  type RenderContext,
  type RenderOptions,
  renderTemplate,
  requiredCoupons,
  TemplateError,
} from '../templates/template.ts'

export type Medium = 'email' | 'sms'

/**
 * What a person writes: four templates of one email. `text` null: made from the HTML after rendering. A text message is `text`
 * alone, and the others are empty.
 */
export type MailContent = {
  channel?: Medium | undefined
  subject: string
  previewText: string
  html: string
  text: string | null
}

/** The same, ready to render for anybody. */
export type CompiledMail = {
  channel: Medium
  parts: Record<Part, CompiledTemplate | null>
  coupons: string[]
  /** Those of the coupons that a `{% coupon_link %}` names by a literal. */
  linkedCoupons: string[]
  /** Dotted paths that the parts read of the person and the account. */
  variables: string[]
  issues: TemplateIssue[]
}
type Part = TemplateIssue['part']

export type RenderedMail = { subject: string; previewText: string; html: string; text: string }

const PARTS: Part[] = ['subject', 'previewText', 'html', 'text']
const SMS_PARTS: Part[] = ['text']

/** Tags that lead to pages about an email. */
const EMAIL_ONLY = ['web_view', 'web_view_link', 'unsubscribe', 'unsubscribe_link', 'qr', 'barcode', 'barcode_code']

/** Compiles the four parts. Throws nothing: what is wrong is in `issues`, and a part with an error is null. */
export function compileMail(content: MailContent): CompiledMail {
  const issues: TemplateIssue[] = []
  const parts: CompiledMail['parts'] = { subject: null, previewText: null, html: null, text: null }
  const { channel = 'email' } = content
  for (const part of channel === 'sms' ? SMS_PARTS : PARTS) {
    const source = content[part]
    if (source === null) continue
    try {
      const template = compileTemplate(source)
      parts[part] = template
      issues.push(...(channel === 'sms' ? checkSms(template) : checkPart(part, template)))
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error
      issues.push(...error.issues.map((issue) => toIssue(part, issue)))
    }
  }
  const coupons = new Set(PARTS.flatMap((part) => couponsOf(parts[part])))
  const linkedCoupons = PARTS.flatMap((part) => linkedOf(parts[part]))
  const variables = PARTS.flatMap((part) => variablesOf(parts[part]))
  return { channel, parts, coupons: [...coupons], linkedCoupons, variables, issues }
}

function variablesOf(template: CompiledTemplate | null): string[] {
  return template ? analyzeTemplate(template).variables : []
}

function linkedOf(template: CompiledTemplate | null): string[] {
  if (!template || !analyzeTemplate(template).tags.includes('coupon_link')) return []
  return [...template.source.matchAll(/\{%\s*coupon_link\s+['"]([^'"]+)['"]/g)].map(([, name]) => name ?? '')
}

function couponsOf(template: CompiledTemplate | null): string[] {
  return template ? analyzeTemplate(template).coupons.map((coupon) => coupon.name) : []
}

function checkPart(part: Part, template: CompiledTemplate): TemplateIssue[] {
  const facts = analyzeTemplate(template)
  const issues = facts.issues.map((issue) => toIssue(part, issue))
  if (part === 'html' && !facts.hasUnsubscribe) {
    const message = 'The mail shows no way to unsubscribe. Add {% unsubscribe %} where readers find it.'
    issues.push({ part, severity: 'warning', code: 'unsubscribe_missing', message, line: 1, column: 1 })
  }
  return issues
}

/** A text message holds one coupon: with two, nobody can tell which code is which. */
function checkSms(template: CompiledTemplate): TemplateIssue[] {
  const facts = analyzeTemplate(template)
  const issues = facts.issues.map((issue) => toIssue('text', issue))
  const second = facts.coupons.find((coupon) => coupon.name !== facts.coupons[0]?.name)
  if (second) {
    const message = `A text message holds one coupon: this is a second one, '${second.name}'. Remove one of them.`
    issues.push({
      part: 'text',
      severity: 'error',
      code: 'second_coupon',
      message,
      line: second.line,
      column: second.column,
    })
  }
  for (const tag of facts.tags.filter((tag) => EMAIL_ONLY.includes(tag))) {
    const message = `{% ${tag} %} is for email. People leave text messages by answering STOP.`
    issues.push({ part: 'text', severity: 'error', code: 'tag_not_available', message, line: 1, column: 1 })
  }
  return issues
}

function toIssue(part: Part, issue: Omit<TemplateIssue, 'part'> & { suggestion?: string }): TemplateIssue {
  const message = issue.suggestion ? `${issue.message} Did you mean ${issue.suggestion}?` : issue.message
  return { part, severity: issue.severity, code: issue.code, message, line: issue.line, column: issue.column }
}

/** The coupons whose codes this person's mail shows, each once. Throws TemplateError for data that it cannot work on. */
export function couponsShownTo(
  mail: CompiledMail,
  context: RenderContext,
  options: Omit<RenderOptions, 'mode' | 'coupons'>,
): string[] {
  if (mail.coupons.length === 0) return []
  const names = PARTS.flatMap((part) => {
    const template = mail.parts[part]
    return template ? requiredCoupons(template, context, { ...options, autoescape: part === 'html' }) : []
  })
  return [...new Set(names)]
}

/** Renders all parts for one person. Throws TemplateError. A part that did not compile is empty (previews only). */
export function renderMail(mail: CompiledMail, context: RenderContext, options: RenderOptions): RenderedMail {
  const render = (part: Part): string => {
    const template = mail.parts[part]
    return template ? renderTemplate(template, context, { ...options, autoescape: part === 'html' }) : ''
  }
  if (mail.channel === 'sms') return { subject: '', previewText: '', html: '', text: render('text') }
  const previewText = oneLine(render('previewText'))
  const html = withPreheader(render('html'), previewText)
  return {
    subject: oneLine(render('subject')),
    previewText,
    html,
    text: mail.parts.text ? render('text') : htmlToText(html),
  }
}

/** Headers are lines: a line break that a name brought along becomes a blank. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

/** Mail programs show the first text of the body beside the subject; the preview text stands there, unseen in the mail. */
function withPreheader(html: string, previewText: string): string {
  if (previewText === '') return html
  const escaped = previewText.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
  const hidden = `<div class="onecode-preheader" style="display:none;max-height:0;overflow:hidden;mso-hide:all">${escaped}</div>`
  const body = html.match(/<body[^>]*>/i)
  if (body?.index === undefined) return hidden + html
  const end = body.index + body[0].length
  return html.slice(0, end) + hidden + html.slice(end)
}
