import { splitSecrets } from '../lib/secret.ts'
import type { Links, RenderContext } from '../templates/template.ts'
import { NOBODY, preferencesLink, unsubscribeLink } from './links.ts'
import { type CompiledMail, type RenderedMail, renderMail } from './mail.ts'
import { couponValuesOf, type ShownCode } from './person.ts'
import type { Sender } from './sender.ts'
import { completeSms, shortenLinks, shortToken, smsTargets } from './sms/sms-text.ts'
import { replaceTargets, trackableTargets } from './tracking/links.ts'
import { linkToken, messageToken } from './tracking/token.ts'

/** A message with all that its text is made of: the same message gives the same text, years later too. */
export type Renderable = {
  id: string
  kind: 'campaign' | 'test' | 'resend'
  profileId: string | null
  context: RenderContext
  codes: ShownCode[] | null
  /** Names a text message in its short links. */
  shortKey: string | null
  renderedAt: Date
  /** False where the person's data is not kept with it: it cannot be made again, so that its links must lead on by themselves. */
  isKept: boolean
}

export type MessageInput = { accountId: string; mail: CompiledMail; sender: Sender; message: Renderable }

/** A message as its recipient gets it. Throws TemplateError. */
export function renderMessage(input: MessageInput, pages = pagesOf(input)): RenderedMail {
  const plain = renderPlain(input, pages)
  return { ...plain, html: addTracking(plain.html, input, { pages, showsPixel: true }) }
}

/** The same on a page of ours: without the pixel, for nobody opens a mail there. Throws TemplateError. */
export function renderForWeb(input: MessageInput): RenderedMail {
  const pages = pagesOf(input)
  const plain = renderPlain(input, pages)
  return { ...plain, html: addTracking(plain.html, input, { pages, showsPixel: false }) }
}

/** A text message as its recipient gets it. `isFirst`: it is the first to this person, and says how to opt out. */
export function renderSms(input: MessageInput, isFirst: boolean): string {
  const { sender, message } = input
  const { account } = sender
  const { text } = renderPlain(input, pagesOf(input))
  const linked =
    message.shortKey === null || !message.isKept || !account.trackClicks
      ? text
      : shortenLinks(text, (link) => addressOf(sender, 'c', shortToken(message.shortKey ?? '', link)))
  return completeSms(linked, { brand: account.name, optOut: isFirst ? account.smsOptOut : null })
}

/** Where the nth link of a message leads, n from 1; undefined where it has none. Throws TemplateError. */
export function targetOf(input: MessageInput, link: number): string | undefined {
  const pages = pagesOf(input)
  const { text, html } = renderPlain(input, pages)
  return (input.mail.channel === 'sms' ? smsTargets(text) : trackableTargets(html, Object.values(pages)))[link - 1]
}

export type MessagePages = Required<Links>

/** Our own pages that belong to a message. Signed: made once for each message. */
export function pagesOf({
  accountId,
  sender,
  message,
}: Pick<MessageInput, 'accountId' | 'sender' | 'message'>): MessagePages {
  const messageId = message.id
  const token = { accountId, profileId: message.profileId ?? NOBODY, messageId }
  const unsubscribe = unsubscribeLink(sender.publicUrl, sender.secret, token)
  const preferences = preferencesLink(sender.publicUrl, sender.secret, token)
  const webView = addressOf(sender, 'w', messageToken(splitSecrets(sender.secret), 'view', { accountId, messageId }))
  return { unsubscribe, preferences, webView }
}

function renderPlain(input: MessageInput, links: MessagePages): RenderedMail {
  const { mail, sender, message } = input
  const rendered = renderMail(mail, message.context, {
    mode: 'send',
    now: message.renderedAt,
    timeZone: sender.account.timeZone,
    coupons: couponValuesOf(message.codes),
    links,
  })
  if (message.kind !== 'test') return rendered
  return mail.channel === 'sms'
    ? { ...rendered, text: `[Test] ${rendered.text.trim()}` }
    : { ...rendered, subject: `[Test] ${rendered.subject}` }
}

function addTracking(
  html: string,
  input: MessageInput,
  { pages, showsPixel }: { pages: MessagePages; showsPixel: boolean },
): string {
  const { accountId, sender, message } = input
  if (!message.isKept) return html
  const secrets = splitSecrets(sender.secret)
  const ids = { accountId, messageId: message.id }
  const linked = sender.account.trackClicks
    ? replaceTargets(html, Object.values(pages), (link, links) =>
        addressOf(sender, 'c', linkToken(secrets, { ...ids, link, links })),
      )
    : html
  if (!showsPixel || !sender.account.trackOpens) return linked
  return withPixel(linked, addressOf(sender, 'o', messageToken(secrets, 'open', ids)))
}

function addressOf(sender: Sender, page: 'o' | 'c' | 'w', token: string): string {
  return `${sender.publicUrl.replace(/\/$/, '')}/${page}/${token}`
}

function withPixel(html: string, address: string): string {
  const pixel = `<img src="${address}" width="1" height="1" alt="" style="display:block;width:1px;height:1px;border:0">`
  const end = [...html.matchAll(/<\/body\s*>/gi)].at(-1)?.index
  return end === undefined ? html + pixel : html.slice(0, end) + pixel + html.slice(end)
}
