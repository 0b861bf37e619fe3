import { sql } from 'kysely'

/** Names a text message in its short links: 62 random bits, as 11 characters that an address may hold. */
export const SHORT_KEY = sql.raw(
  `rtrim(translate(encode(substring(uuid_send(gen_random_uuid()) from 9 for 8), 'base64'), '+/', '-_'), '=')`,
)
