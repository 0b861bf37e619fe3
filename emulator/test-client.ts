import type { Emulator } from './emulator.ts'

/** A reply of the Admin API as tests look at it. */
export interface AdminReply {
  // biome-ignore lint/suspicious/noExplicitAny: tests read replies of any document by hand
  data?: any
  errors?: { message: string; path?: (string | number)[]; extensions: { code?: string; problems?: unknown[] } }[]
  extensions?: {
    cost: {
      requestedQueryCost: number
      actualQueryCost: number | null
      throttleStatus: { maximumAvailable: number; currentlyAvailable: number; restoreRate: number }
    }
    search?: unknown[]
  }
}

/** Sends a document with the emulator's own token. */
export async function callAdmin(
  emulator: Emulator,
  query: string,
  variables: object = {},
  token = emulator.adminToken,
): Promise<AdminReply> {
  const response = await fetch(`${emulator.url}/admin/api/2026-10/graphql.json`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-shopify-access-token': token },
    body: JSON.stringify({ query, variables }),
  })
  return (await response.json()) as AdminReply
}

/** Calls a switch under `/_emulator`. */
export async function callControl(
  emulator: Emulator,
  path: string,
  body: object,
  method = 'POST',
): Promise<Record<string, never>> {
  const response = await fetch(`${emulator.url}/_emulator${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return (await response.json()) as Record<string, never>
}

export const CREATE_BASIC = `mutation($input: DiscountCodeBasicInput!) {
  discountCodeBasicCreate(basicCodeDiscount: $input) { codeDiscountNode { id } userErrors { field message code } } }`

export const ADD_CODES = `mutation($id: ID!, $codes: [DiscountRedeemCodeInput!]!) {
  discountRedeemCodeBulkAdd(discountId: $id, codes: $codes) {
    bulkCreation { id done codesCount importedCount failedCount } userErrors { field message code } } }`

/** The least that a basic discount needs: 10 % off everything. */
export function basicInput(code: string, more: object = {}): object {
  return {
    title: `Discount ${code}`,
    code,
    startsAt: '2020-01-01T00:00:00Z',
    context: { all: 'ALL' },
    customerGets: { value: { percentage: 0.1 }, items: { all: true } },
    ...more,
  }
}

/** Makes a basic discount and gives its global id; throws when it is refused. */
export async function createBasic(emulator: Emulator, code: string, more: object = {}): Promise<string> {
  const reply = await callAdmin(emulator, CREATE_BASIC, { input: basicInput(code, more) })
  const payload = reply.data?.discountCodeBasicCreate
  if (!payload?.codeDiscountNode) throw new Error(`No discount: ${JSON.stringify(reply)}`)
  return payload.codeDiscountNode.id
}
