import type { MessageState } from '../../api/types.ts'

/** What each state of a message means, for the person who wonders why somebody got nothing. */
export const STATE_TEXT: Record<MessageState, string> = {
  planned: 'This person is on the list of recipients; the mail is not made yet.',
  ready: 'The mail is made, with its code, and waits to be sent.',
  sending: 'The mail is being handed over right now.',
  sent: 'The mail was accepted by the outbox or the mail server.',
  rejected: 'The mail server refused it. It is not sent again.',
  unknown: 'The answer of the mail server was lost. The mail may have arrived, so it is not sent again.',
  skipped: 'This person got no mail, for the reason given. No code was used.',
  cancelled: 'The campaign was cancelled before this mail was sent.',
}

export const STATE_OPTIONS = [
  { value: '', label: 'All states' },
  ...(Object.keys(STATE_TEXT) as MessageState[]).map((state) => ({
    value: state as string,
    label: state[0]?.toUpperCase() + state.slice(1),
  })),
]
