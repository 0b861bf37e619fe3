import { type SenderSetup, senderSetup } from '../../../contract/senders.ts'
import type { EmailChannel } from '../../channels/email/email-channel.ts'
import type { DkimSettings, EmailSettings } from '../../channels/email/email-settings.ts'
import { openEmailChannel as openChannel } from '../../channels/email/open-email-channel.ts'
import { unseal } from '../../lib/seal.ts'
import { openSecrets } from './secrets.ts'
import type { SenderRow } from './senders.sql.ts'

const SENDGRID_EU = 'https://api.eu.sendgrid.com'

/** A sender's settings and secrets, checked as they come out of the database. Throws where they cannot be opened. */
export function setupOf(row: Pick<SenderRow, 'provider' | 'settings' | 'sealed'>, secret: string): SenderSetup {
  const { provider, settings, sealed } = row
  return senderSetup.parse({ provider, settings, secrets: openSecrets(secret, sealed) })
}

/**
 * Opens the provider of an email sender. A sender whose secrets cannot be opened takes no mail and says why: its campaigns
 * pause with that reason.
 */
export function openEmailChannel(row: SenderRow, secret: string): EmailChannel {
  try {
    return openChannel(toSettings(setupOf(row, secret), dkimOf(row, secret)))
  } catch {
    return refusing(lostSecrets(row))
  }
}

/** Where the provider of a sender reports to. */
export function webhookUrlOf(row: Pick<SenderRow, 'id' | 'provider'>, publicUrl: string): string {
  return `${publicUrl.replace(/\/$/, '')}/webhooks/${row.provider}/${row.id}`
}

/** Whether a provider reports what became of messages. */
export function reportsBack(provider: SenderRow['provider']): boolean {
  return provider !== 'smtp' && provider !== 'http'
}

/** What is said of a sender whose secrets were sealed with another secret of the installation. */
export function lostSecrets(row: Pick<SenderRow, 'name'>): string {
  return `The secrets of the sender ${row.name} cannot be opened. Enter them again in the settings.`
}

function dkimOf({ dkim }: SenderRow, secret: string): DkimSettings | null {
  return dkim && { domain: dkim.domain, selector: dkim.selector, privateKey: unseal(secret, dkim.sealed) }
}

function toSettings(setup: SenderSetup, dkim: DkimSettings | null): EmailSettings {
  switch (setup.provider) {
    case 'smtp': {
      const { user, ...settings } = setup.settings
      const login = user ? { user, password: setup.secrets.password ?? '' } : {}
      return { provider: 'smtp', ...settings, ...login, ...(dkim ? { dkim } : {}) }
    }
    case 'ses': {
      const { region, accessKeyId, configurationSet } = setup.settings
      const secretAccessKey = setup.secrets.secretAccessKey ?? ''
      return {
        provider: 'ses',
        region,
        accessKeyId,
        secretAccessKey,
        ...(configurationSet ? { configurationSet } : {}),
      }
    }
    case 'resend':
      return { provider: 'resend', apiKey: setup.secrets.apiKey ?? '' }
    case 'postmark': {
      const { messageStream } = setup.settings
      return { provider: 'postmark', serverToken: setup.secrets.serverToken ?? '', messageStream }
    }
    case 'sendgrid': {
      const region = setup.settings.region === 'eu' ? { baseUrl: SENDGRID_EU } : {}
      return { provider: 'sendgrid', apiKey: setup.secrets.apiKey ?? '', ...region }
    }
    case 'twilio':
    case 'http':
      throw new Error(`${setup.provider} sends no email`)
  }
}

function refusing(reason: string): EmailChannel {
  return {
    name: 'smtp',
    idempotency: 'none',
    repeatableForMs: 0,
    concurrency: 1,
    send: async () => ({ status: 'blocked', reason }),
    verify: async () => ({ ok: false, reason }),
    [Symbol.asyncDispose]: async () => {},
  }
}
