import { z } from 'zod'
import { splitSecrets } from './lib/secret.ts'

/** Port of the demo store. */
const EMULATOR_PORT = 4322

const schema = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(4321),
  HOST: z.string().default('127.0.0.1'),
  DATA_DIR: z.string().min(1).default('./data'),
  DATABASE_URL: z.string().startsWith('postgres', 'must begin with postgres:// or postgresql://').optional(),
  DATABASE_CONNECTIONS: z.coerce.number().int().min(2).max(500).default(20),
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  ONECODE_SECRET: z
    .string()
    .refine(
      (text) => splitSecrets(text).every((one) => one.length >= 32),
      'each secret must have at least 32 characters',
    )
    .optional(),
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\//, 'must begin with smtp:// or smtps://')
    .optional(),
  SMTP_CONNECTIONS: z.coerce.number().int().min(1).max(100).default(5),
  MESSAGE_LEASE_SECONDS: z.coerce.number().int().min(2).max(3600).default(60),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  SHOPIFY_BASE_URL: z.url({ protocol: /^https?$/ }).optional(),
  TWILIO_BASE_URL: z.url({ protocol: /^https?$/ }).optional(),
  ALLOW_PRIVATE_ADDRESSES: z.stringbool().default(false),
  EMULATOR_PORT: z.union([z.literal('off'), z.coerce.number().int().min(0).max(65_535)]).optional(),
  TRUST_PROXY: z.stringbool().default(false),
})

const clientSchema = z.object({
  ONECODE_URL: z.url({ protocol: /^https?$/ }).default('http://localhost:4321'),
  ONECODE_API_KEY: z.string().optional(),
})

export type Config = {
  port: number
  host: string
  dataDir: string
  /** Absent: the embedded database in `dataDir`. */
  databaseUrl: string | undefined
  databaseConnections: number
  /** How browsers reach this server; absent: http://localhost:<port>. */
  publicUrl: string | undefined
  /** One secret, or several separated by commas. Absent: made once and kept in `dataDir`. */
  secret: string | undefined
  smtpUrl: string | undefined
  smtpConnections: number
  messageLeaseMs: number
  /** Absent: each shop answers at its own https address. For a local Shopify that stands in for all of them. */
  shopifyBaseUrl: string | undefined
  /** Absent: Twilio's own. For a server that stands in for it. */
  twilioBaseUrl: string | undefined
  /** Whether accounts may set up SMS services at http: and at addresses inside the own network. */
  allowsPrivateAddresses: boolean
  /** Port of the demo store that runs beside the server, 0 for a free one; undefined: none. */
  emulatorPort: number | undefined
  logLevel: string
  trustProxy: boolean
}

export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** How the command line reaches a running server. */
export type ClientConfig = { url: string; apiKey: string | undefined }

type Environment = Record<string, string | undefined>

/** Reads the environment. Throws one ConfigError that names every mistake. Empty values count as absent. */
export function readConfig(environment: Environment = process.env): Config {
  const env = parseEnvironment(schema, environment)
  return {
    port: env.PORT,
    host: env.HOST,
    dataDir: env.DATA_DIR,
    databaseUrl: env.DATABASE_URL,
    databaseConnections: env.DATABASE_CONNECTIONS,
    publicUrl: env.PUBLIC_URL,
    secret: env.ONECODE_SECRET,
    smtpUrl: env.SMTP_URL,
    smtpConnections: env.SMTP_CONNECTIONS,
    messageLeaseMs: env.MESSAGE_LEASE_SECONDS * 1000,
    shopifyBaseUrl: env.SHOPIFY_BASE_URL?.replace(/\/+$/, ''),
    twilioBaseUrl: env.TWILIO_BASE_URL,
    allowsPrivateAddresses: env.ALLOW_PRIVATE_ADDRESSES,
    emulatorPort: emulatorPortOf(env),
    logLevel: env.LOG_LEVEL,
    trustProxy: env.TRUST_PROXY,
  }
}

/** A demo store is for trying out: by itself it runs only where no database server is named. */
function emulatorPortOf(env: z.infer<typeof schema>): number | undefined {
  if (env.EMULATOR_PORT === 'off') return undefined
  return env.EMULATOR_PORT ?? (env.DATABASE_URL ? undefined : EMULATOR_PORT)
}

/** Reads what the command line needs to reach a server. Throws one ConfigError that names every mistake. */
export function readClientConfig(environment: Environment = process.env): ClientConfig {
  const env = parseEnvironment(clientSchema, environment)
  return { url: env.ONECODE_URL.replace(/\/+$/, ''), apiKey: env.ONECODE_API_KEY }
}

/** The environment itself, for entry points that hand it on to the readers above. */
export function readEnvironment(): Environment {
  return process.env
}

function parseEnvironment<Schema extends z.ZodType>(shape: Schema, environment: Environment): z.infer<Schema> {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const parsed = shape.safeParse(given)
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`)
  throw new ConfigError(`The configuration has ${lines.length} mistake(s):\n${lines.join('\n')}`)
}
