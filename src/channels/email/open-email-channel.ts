import type { EmailChannel } from './email-channel.ts'
import type { EmailSettings } from './email-settings.ts'
import { openPostmark } from './postmark.ts'
import { openResend } from './resend.ts'
import { openSendgrid } from './sendgrid.ts'
import { openSes } from './ses.ts'
import { openSmtp } from './smtp.ts'

/** The channel of these settings. Opening it calls nobody: `verify` tells whether they work. */
export function openEmailChannel(settings: EmailSettings): EmailChannel {
  switch (settings.provider) {
    case 'smtp':
      return openSmtp(settings)
    case 'ses':
      return openSes(settings)
    case 'resend':
      return openResend(settings)
    case 'postmark':
      return openPostmark(settings)
    case 'sendgrid':
      return openSendgrid(settings)
  }
}
