import type { MessageState } from '../../api/types.ts'

/** What each state of a message means, for the person who wonders why somebody got nothing. */
export const STATE_TEXT: Record<MessageState, string> = {
  planned: 'This person is a recipient; the message is made when it is due, or as soon as there is a code.',
  ready: 'The message is made, with its code, and waits to be sent.',
  deferred: 'The message is made and was put off to a later time.',
  sending: 'The message is being handed over right now.',
  sent: 'The message was accepted by the outbox or the provider.',
  rejected: 'The provider refused it. It is not sent again.',
  unknown: 'The answer of the provider was lost. The message may have arrived, so it is not sent again by guessing.',
  skipped: 'This person got no message, for the reason given.',
  cancelled: 'The campaign was cancelled before this message was sent.',
}

export const STATE_OPTIONS = [
  { value: '', label: 'All states' },
  ...(Object.keys(STATE_TEXT) as MessageState[]).map((state) => ({
    value: state as string,
    label: state[0]?.toUpperCase() + state.slice(1),
  })),
]

const REASONS: Record<string, string> = {
  no_email: 'The person has no email address.',
  no_phone: 'The person has no phone number.',
  not_subscribed: 'The person did not agree to get such messages.',
  unsubscribed: 'The person unsubscribed before the message went out.',
  suppressed: 'The address is on the suppression list.',
  no_code: 'The coupon had no code left for this person.',
  already_had: 'The person had their code of this coupon, and it gives each person one only.',
  render_failed: 'The template could not be filled with this person’s data.',
  code_expired: 'The code was over before the message could go out, and the coupon gives no more.',
  code_withdrawn: 'The code was revoked or lost before the message could go out.',
  smart_sending: 'The person got another message a short time before (smart sending).',
  answer_lost:
    'The provider’s answer was lost, and sending again could bring the message twice. Send it again if you want to.',
  never_arrived: 'The answer of the provider was lost, and it said twice that it does not have the message.',
  quiet_hours: 'It is night where the person is. The message goes out in the morning.',
}

/** Why a message is where it is, in words; what a provider said is shown as it was said. */
export function reasonText(reason: string): string {
  const failed = /^render_failed: (.*)$/s.exec(reason)?.[1]
  if (failed !== undefined) return `The template could not be filled with this person’s data: ${failed}`
  return REASONS[reason] ?? reason
}
