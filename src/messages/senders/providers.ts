import { type SenderSetup, senderSetup } from '../../../contract/senders.ts'
import type { EmailChannel } from '../../channels/email/email-channel.ts'
import { openSmtp } from '../../channels/email/smtp.ts'
import { openSecrets } from './secrets.ts'
import type { SenderRow } from './senders.sql.ts'

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
    return openProvider(setupOf(row, secret))
  } catch {
    return refusing(`The secrets of the sender ${row.name} cannot be opened. Enter them again in the settings.`)
  }
}

function openProvider(setup: SenderSetup): EmailChannel {
  switch (setup.provider) {
    case 'smtp': {
      const { host, port, security, user, connections } = setup.settings
      const login = user ? `${encodeURIComponent(user)}:${encodeURIComponent(setup.secrets.password ?? '')}@` : ''
      return openSmtp(`${security === 'tls' ? 'smtps' : 'smtp'}://${login}${host}:${port}`, connections)
    }
    default:
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
