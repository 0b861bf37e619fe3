import type { EmailChannel } from '../channels/email/email-channel.ts'
import type { SendOutcome } from '../channels/send-outcome.ts'
import type { SmsChannel } from '../channels/sms/sms-channel.ts'
import type { Claimable, ClaimedMessage } from './claim.sql.ts'
import type { CompiledMail } from './mail.ts'
import { contextOf } from './person.ts'
import { pagesOf, type Renderable, renderMessage, renderSms } from './render-message.ts'
import { fromOf, type Sender } from './sender.ts'

/** The outbox's group of messages that belong to no campaign. */
const SINGLE_MESSAGES = 'single'

export type DeliverInput = {
  /** What messages go through: one channel for each medium. */
  channel: EmailChannel
  smsChannel: SmsChannel
  accountId: string
  of: Claimable
  mail: CompiledMail
  sender: Sender
}

/** Makes a message and hands it to its channel. `subject`: of a text message, the beginning of its text. Throws TemplateError. */
export async function deliver(
  claimed: ClaimedMessage,
  input: DeliverInput,
  renderedAt: Date,
): Promise<{ subject: string; sent: SendOutcome }> {
  const isKept = claimed.context !== null
  const context = claimed.context ?? contextOf(claimed, input.sender.account)
  const message: Renderable = { ...claimed, context, renderedAt, isKept }
  return input.mail.channel === 'sms'
    ? await deliverSms(claimed, message, input)
    : await deliverEmail(claimed, message, input)
}

async function deliverEmail(claimed: ClaimedMessage, message: Renderable, input: DeliverInput) {
  const { accountId, mail, sender, channel, of } = input
  const pages = pagesOf({ accountId, sender, message })
  const { subject, html, text } = renderMessage({ accountId, mail, sender, message }, pages)
  const sent = await channel.send({
    messageId: claimed.id,
    attempt: claimed.attempt,
    accountId,
    group: groupOf(of),
    from: fromOf(sender.account, channel.name) ?? '',
    to: claimed.address,
    ...(sender.replyTo ? { replyTo: sender.replyTo } : {}),
    ...(sender.paced ? { feedbackId: `${groupOf(of)}:${accountId}:${claimed.kind}:onecode` } : {}),
    subject,
    html,
    text,
    headers: { 'List-Unsubscribe': `<${pages.unsubscribe}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' },
  })
  return { subject, sent }
}

async function deliverSms(claimed: ClaimedMessage, message: Renderable, input: DeliverInput) {
  const { accountId, mail, sender, smsChannel, of } = input
  const body = renderSms({ accountId, mail, sender, message }, claimed.isFirst)
  const sent = await smsChannel.send({
    messageId: claimed.id,
    attempt: claimed.attempt,
    accountId,
    group: groupOf(of),
    from: sender.smsFrom ?? null,
    to: claimed.address,
    body,
  })
  return { subject: beginning(body, message), sent }
}

function groupOf(of: Claimable): string {
  return 'campaignId' in of ? of.campaignId : SINGLE_MESSAGES
}

const SHOWN = 60

/** Lists show it to whoever may read messages: a code is left out. */
function beginning(body: string, { codes }: Renderable): string {
  const hidden = (codes ?? []).reduce((text, { code }) => text.replaceAll(code, '•••'), body)
  return hidden.length <= SHOWN ? hidden : `${hidden.slice(0, SHOWN - 1)}…`
}
