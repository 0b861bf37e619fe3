import type { MessageState } from '../../api/types.ts'

/** What each state of a message means, for the person who wonders why somebody got nothing. */
export const STATE_TEXT: Record<MessageState, string> = {
  planned: 'This person is a recipient; the mail is made when it is due, or as soon as there is a code.',
  ready: 'The mail is made, with its code, and waits to be sent.',
  sending: 'The mail is being handed over right now.',
  sent: 'The mail was accepted by the outbox or the mail server.',
  rejected: 'The mail server refused it. It is not sent again.',
  unknown: 'The answer of the mail server was lost. The mail may have arrived, so it is not sent again.',
  skipped: 'This person got no mail, for the reason given. No code was used.',
  cancelled: 'The campaign was cancelled before this mail was sent.',
}

const REASON_TEXT: Record<string, string> = {
  no_code: 'no code was left',
  no_email: 'no email address',
  not_subscribed: 'not subscribed to email',
  unsubscribed: 'unsubscribed meanwhile',
  render_failed: 'the template cannot work on their data',
}

/** Why a message was skipped, in words; what the server or the template said stays as it is. */
export const reasonText = (reason: string): string => REASON_TEXT[reason] ?? reason

export const STATE_OPTIONS = [
  { value: '', label: 'All states' },
  ...(Object.keys(STATE_TEXT) as MessageState[]).map((state) => ({
    value: state as string,
    label: state[0]?.toUpperCase() + state.slice(1),
  })),
]
