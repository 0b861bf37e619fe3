import type { OutgoingSms } from '../src/channels/sms/sms-channel.ts'

/** A text with everything that must be escaped somewhere. */
export const SAMPLE_SMS: OutgoingSms = {
  messageId: '01890000-0000-7000-8000-000000000002',
  attempt: 1,
  accountId: 'a1',
  group: 'c1',
  from: '+15005550006',
  to: '+491701234567',
  body: 'Linden: 20 % & "more" \\ – dein Code: ABC+1\nSTOP zum Abmelden',
}
