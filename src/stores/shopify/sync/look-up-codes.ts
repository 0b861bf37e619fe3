import type { RequestOptions, ShopifyClient } from '../client/client.ts'
import type { Operation } from '../client/operation.ts'

/** Codes of one document; each costs a point, and more would make others wait. */
const CODES_PER_DOCUMENT = 50

type Found = Record<string, { id: string } | null>

/** The discount that has each of these codes in the shop, null where none has. Keys are as given. Throws `ShopifyError`. */
export async function lookUpCodes(
  client: ShopifyClient,
  codes: readonly string[],
  options: RequestOptions = {},
): Promise<Map<string, string | null>> {
  const found = new Map<string, string | null>()
  for (let start = 0; start < codes.length; start += CODES_PER_DOCUMENT) {
    const part = codes.slice(start, start + CODES_PER_DOCUMENT)
    const variables = Object.fromEntries(part.map((code, nth) => [`c${nth}`, code]))
    const reply = await client.request(documentOf(part.length), variables, options)
    part.forEach((code, nth) => {
      found.set(code, reply[`c${nth}`]?.id ?? null)
    })
  }
  return found
}

function documentOf(count: number): Operation<Found, Record<string, string>> {
  const names = Array.from({ length: count }, (_, nth) => `c${nth}`)
  const declared = names.map((name) => `$${name}: String!`).join(', ')
  const fields = names.map((name) => `${name}: codeDiscountNodeByCode(code: $${name}) { id }`).join('\n  ')
  return {
    name: `FindCodes${count}`,
    kind: 'query',
    cost: count,
    text: `query FindCodes${count}(${declared}) {\n  ${fields}\n}`,
  }
}
