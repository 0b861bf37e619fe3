import type { SenderSetup } from '../../../contract/senders.ts'
import { readPostmarkWebhook } from '../../channels/webhooks/postmark.ts'
import type { WebhookRequest, WebhookResult } from '../../channels/webhooks/provider-event.ts'
import { readResendWebhook } from '../../channels/webhooks/resend.ts'
import { readSendgridWebhook } from '../../channels/webhooks/sendgrid.ts'
import { readSesWebhook } from '../../channels/webhooks/ses.ts'
import { findCertificateUrl } from '../../channels/webhooks/sns.ts'
import type { SnsClient } from '../../channels/webhooks/sns-client.ts'
import { readTwilioWebhook } from '../../channels/webhooks/twilio.ts'

const NOT_SET: WebhookResult = { refused: 'The secret of the webhook is not set in the settings of this sender.' }

/** Reads a provider's report with what the sender's settings say its signature is made of. Refuses all where nothing is set. */
export async function readReport(
  setup: SenderSetup,
  request: WebhookRequest,
  input: { sns: SnsClient; now: Date },
): Promise<WebhookResult> {
  const { sns, now } = input
  switch (setup.provider) {
    case 'ses': {
      const { topicArn } = setup.settings
      const url = topicArn === undefined ? undefined : findCertificateUrl(request)
      const certificate = url === undefined ? undefined : await sns.fetchCertificate(url)
      if (topicArn === undefined) return NOT_SET
      if (certificate === undefined) return { refused: 'This is no message of SNS, or its certificate cannot be read.' }
      return readSesWebhook(request, { topicArn, certificate }, now)
    }
    case 'resend': {
      const signingSecret = setup.secrets.webhookSecret
      return signingSecret ? readResendWebhook(request, { signingSecret }, now) : NOT_SET
    }
    case 'postmark': {
      const { webhookUser: user } = setup.settings
      const { webhookPassword: password } = setup.secrets
      return user && password ? readPostmarkWebhook(request, { user, password }, now) : NOT_SET
    }
    case 'sendgrid': {
      const { webhookKey: publicKey } = setup.settings
      return publicKey ? readSendgridWebhook(request, { publicKey }, now) : NOT_SET
    }
    case 'twilio': {
      const { authToken } = setup.secrets
      return authToken ? readTwilioWebhook(request, { authToken }, now) : NOT_SET
    }
    case 'smtp':
    case 'http':
      return { refused: 'This provider reports nothing.' }
  }
}
