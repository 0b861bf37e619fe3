import { openHttpSms } from './http.ts'
import type { SmsChannel } from './sms-channel.ts'
import type { SmsSettings } from './sms-settings.ts'
import { openTwilio } from './twilio.ts'

/** The channel of these settings. Opening it calls nobody: `verify` tells whether they work. */
export function openSmsChannel(settings: SmsSettings): SmsChannel {
  return settings.provider === 'twilio' ? openTwilio(settings) : openHttpSms(settings)
}
