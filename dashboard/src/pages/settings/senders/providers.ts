import type { Sender } from '../../../../../contract/senders.ts'

export type Provider = Sender['provider']

/** How providers are called where people read them. */
export const PROVIDER_NAME: Record<Provider | 'outbox', string> = {
  outbox: 'the outbox',
  smtp: 'SMTP',
  ses: 'Amazon SES',
  resend: 'Resend',
  postmark: 'Postmark',
  sendgrid: 'SendGrid',
  twilio: 'Twilio (SMS)',
  http: 'Another SMS service',
}

export const isSms = (provider: Provider): boolean => provider === 'twilio' || provider === 'http'

export type Field = {
  key: string
  label: string
  description?: string
  placeholder?: string
  kind: 'text' | 'number' | 'choice' | 'secret' | 'lines'
  choices?: { value: string; label: string }[]
  initial?: string
}

const SECURITY = [
  { value: 'starttls', label: 'STARTTLS (usual on port 587)' },
  { value: 'tls', label: 'TLS from the first byte (port 465)' },
  { value: 'auto', label: 'STARTTLS where it is offered' },
  { value: 'none', label: 'None: only on this machine or in your own network' },
]

/** What each provider asks for. Keys are those of the API. */
export const FIELDS: Record<Provider, Field[]> = {
  smtp: [
    { key: 'host', label: 'Server', kind: 'text', placeholder: 'smtp.example.com' },
    { key: 'port', label: 'Port', kind: 'number', initial: '587' },
    { key: 'security', label: 'Encryption', kind: 'choice', choices: SECURITY, initial: 'starttls' },
    { key: 'user', label: 'User name', kind: 'text', description: 'Empty: the server asks for none.' },
    { key: 'password', label: 'Password', kind: 'secret' },
    { key: 'connections', label: 'Connections at once', kind: 'number', initial: '5' },
  ],
  ses: [
    { key: 'region', label: 'Region', kind: 'text', placeholder: 'eu-central-1' },
    { key: 'accessKeyId', label: 'Access key id', kind: 'text' },
    { key: 'secretAccessKey', label: 'Secret access key', kind: 'secret' },
    {
      key: 'configurationSet',
      label: 'Configuration set',
      kind: 'text',
      description: 'Its event destination sends bounces and complaints to an SNS topic.',
    },
    { key: 'topicArn', label: 'ARN of the SNS topic', kind: 'text', description: 'Only reports of this topic count.' },
  ],
  resend: [
    { key: 'apiKey', label: 'API key', kind: 'secret' },
    { key: 'webhookSecret', label: 'Webhook signing secret', kind: 'secret', placeholder: 'whsec_…' },
  ],
  postmark: [
    { key: 'serverToken', label: 'Server token', kind: 'secret' },
    {
      key: 'messageStream',
      label: 'Message stream',
      kind: 'text',
      initial: 'broadcast',
      description: 'Marketing mail needs a stream of the kind Broadcasts.',
    },
    { key: 'webhookUser', label: 'Webhook user', kind: 'text', description: 'As in the basic auth of the webhook.' },
    { key: 'webhookPassword', label: 'Webhook password', kind: 'secret' },
  ],
  sendgrid: [
    { key: 'apiKey', label: 'API key', kind: 'secret' },
    {
      key: 'region',
      label: 'Region',
      kind: 'choice',
      choices: [
        { value: 'global', label: 'Global' },
        { value: 'eu', label: 'European Union' },
      ],
      initial: 'global',
    },
    { key: 'webhookKey', label: 'Verification key of the event webhook', kind: 'text' },
  ],
  twilio: [
    { key: 'accountSid', label: 'Account SID', kind: 'text', placeholder: 'AC…' },
    { key: 'authToken', label: 'Auth token', kind: 'secret' },
    {
      key: 'messagingServiceSid',
      label: 'Messaging service SID',
      kind: 'text',
      placeholder: 'MG…',
      description: 'Sends from the numbers of the service. Without one, enter a number below.',
    },
  ],
  http: [
    {
      key: 'url',
      label: 'URL',
      kind: 'text',
      placeholder: 'https://api.example.com/messages',
      description: 'It is shown to whoever sees the settings: put tokens into headers.',
    },
    {
      key: 'method',
      label: 'Method',
      kind: 'choice',
      choices: [
        { value: 'POST', label: 'POST' },
        { value: 'PUT', label: 'PUT' },
      ],
      initial: 'POST',
    },
    {
      key: 'bodyKind',
      label: 'Body is',
      kind: 'choice',
      choices: [
        { value: 'json', label: 'JSON' },
        { value: 'form', label: 'A form (name=value&…)' },
      ],
      initial: 'json',
    },
    {
      key: 'body',
      label: 'Body',
      kind: 'lines',
      initial: '{\n  "to": "{{to}}",\n  "from": "{{from}}",\n  "text": "{{body}}"\n}',
      description:
        '{{to}} (or {{to_digits}}, without the +), {{from}}, {{body}} and {{id}} stand for the message. In JSON they stand inside quotes.',
    },
    {
      key: 'acceptedStatuses',
      label: 'Statuses of a message that was taken',
      kind: 'text',
      initial: '200, 201, 202',
    },
    {
      key: 'idPath',
      label: 'Where the reply has the id of the message',
      kind: 'text',
      placeholder: 'messages.0.id',
      description: 'Keys and indexes with dots between. With it, a reply without an id does not count as taken.',
    },
    {
      key: 'idempotencyHeader',
      label: 'Header for repeats',
      kind: 'text',
      placeholder: 'Idempotency-Key',
      description:
        'Only where the service promises to send a message once for each value of it: a lost answer is asked for again.',
    },
    {
      key: 'idempotencyMinutes',
      label: 'Minutes for which the promise holds',
      kind: 'number',
      description: 'At least 5.',
    },
  ],
}
