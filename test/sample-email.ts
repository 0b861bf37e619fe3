import type { OutgoingEmail } from '../src/channels/email/email-channel.ts'

/** A mail with everything that a mail can have. */
export const SAMPLE_EMAIL: OutgoingEmail = {
  messageId: '01890000-0000-7000-8000-000000000001',
  attempt: 2,
  accountId: 'a1',
  group: 'c1',
  from: '"Café Größe" <shop@linden.example>',
  to: 'zoe@example.com',
  replyTo: '"Help, please" <help@linden.example>',
  subject: 'Dein Code, Zoë — für dich',
  html: '<p>Grüße</p>',
  text: 'Grüße',
  headers: {
    'List-Unsubscribe': '<https://shop.example/unsubscribe/x>',
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  },
  feedbackId: 'c1:a1:campaign:onecode',
}
