/** Signs mails with the sender's own key (RFC 6376). The public half stands in DNS at `<selector>._domainkey.<domain>`. */
export type DkimSettings = { domain: string; selector: string /** PEM. */; privateKey: string }

export type SmtpSettings = {
  provider: 'smtp'
  host: string
  port: number
  /** tls: from the first byte (465). starttls: refuse to go on without. auto: STARTTLS where it is offered. none: never. */
  security: 'tls' | 'starttls' | 'auto' | 'none'
  user?: string
  password?: string
  connections: number
  dkim?: DkimSettings
}

/** Amazon SES, API v2. The identity of From must be verified in this region. */
export type SesSettings = {
  provider: 'ses'
  region: string
  accessKeyId: string
  secretAccessKey: string
  /** Names where SES reports deliveries, bounces and complaints to. */
  configurationSet?: string
  baseUrl?: string
}

export type ResendSettings = { provider: 'resend'; apiKey: string; baseUrl?: string }

/** `messageStream`: marketing mail needs a stream of the kind Broadcasts. */
export type PostmarkSettings = { provider: 'postmark'; serverToken: string; messageStream: string; baseUrl?: string }

/** `baseUrl`: https://api.eu.sendgrid.com for senders in the European Union. */
export type SendgridSettings = { provider: 'sendgrid'; apiKey: string; baseUrl?: string }

export type EmailSettings = SmtpSettings | SesSettings | ResendSettings | PostmarkSettings | SendgridSettings
