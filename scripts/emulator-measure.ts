import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** Codes of one call, the most that the API takes. */
const BATCH = 250

const total = Number(process.argv[2] ?? 1_000_000)

interface Started {
  child: ChildProcess
  url: string
  token: string
}

/** Starts the emulator as a user does, without a limit on its worker and with the largest bucket. */
async function start(): Promise<Started> {
  const child = spawn(process.execPath, ['emulator/main.ts', '--port', '0', '--plan', 'enterprise', '--rate', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let url = ''
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    url ||= /^Storefront\s+(\S+)\/$/.exec(line)?.[1] ?? ''
    const token = /^Access token\s+(\S+)/.exec(line)?.[1]
    if (token) return { child, url, token }
  }
  throw new Error('The emulator did not start.')
}

async function send(at: Started, query: string, variables: object): Promise<Record<string, never>> {
  const response = await fetch(`${at.url}/admin/api/2026-10/graphql.json`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-shopify-access-token': at.token },
    body: JSON.stringify({ query, variables }),
  })
  const body = (await response.json()) as {
    data?: Record<string, never>
    errors?: { extensions?: { code?: string } }[]
  }
  if (body.errors?.[0]?.extensions?.code === 'THROTTLED') {
    await new Promise((resolve) => setTimeout(resolve, 50))
    return send(at, query, variables)
  }
  if (!body.data) throw new Error(JSON.stringify(body.errors))
  return body.data
}

const ADD =
  'mutation($id: ID!, $codes: [DiscountRedeemCodeInput!]!) { discountRedeemCodeBulkAdd(discountId: $id, codes: $codes) { bulkCreation { id } userErrors { message } } }'
const CREATE =
  'mutation($input: DiscountCodeBasicInput!) { discountCodeBasicCreate(basicCodeDiscount: $input) { codeDiscountNode { id } userErrors { message } } }'

async function readStatus(at: Started): Promise<{ counts: { codes: number }; memory: { residentBytes: number } }> {
  const response = await fetch(`${at.url}/_emulator`)
  return (await response.json()) as { counts: { codes: number }; memory: { residentBytes: number } }
}

function summarize(durations: number[]): { p50: number; p99: number; max: number } {
  const sorted = durations.toSorted((left, right) => left - right)
  const share = (part: number): number => Number((sorted[Math.floor((sorted.length - 1) * part)] ?? 0).toFixed(2))
  return { p50: share(0.5), p99: share(0.99), max: share(1) }
}

/** The smallest request on the idle emulator: what the machine itself adds to every figure. */
async function timeReads(at: Started, count: number): Promise<number[]> {
  const durations: number[] = []
  for (let round = 0; round < count; round += 1) {
    const sentAt = performance.now()
    await send(at, '{ shop { name } }', {})
    durations.push(performance.now() - sentAt)
  }
  return durations
}

async function measure(at: Started): Promise<object> {
  const input = {
    title: 'Measure',
    code: 'SEED',
    startsAt: new Date(Date.now() - 60_000).toISOString(),
    context: { all: 'ALL' },
    customerGets: { value: { percentage: 0.1 }, items: { all: true } },
  }
  const made = (await send(at, CREATE, { input })) as unknown as {
    discountCodeBasicCreate: { codeDiscountNode: { id: string } }
  }
  const id = made.discountCodeBasicCreate.codeDiscountNode.id
  const durations: number[] = []
  const startedAt = performance.now()
  for (let first = 0; first < total; first += BATCH) {
    const codes = Array.from({ length: Math.min(BATCH, total - first) }, (_, index) => ({
      code: `WELCOME-${(first + index).toString(36).toUpperCase().padStart(10, '0')}`,
    }))
    const sentAt = performance.now()
    await send(at, ADD, { id, codes })
    durations.push(performance.now() - sentAt)
  }
  let status = await readStatus(at)
  while (status.counts.codes < total + 1) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    status = await readStatus(at)
  }
  const seconds = (performance.now() - startedAt) / 1000
  return {
    name: 'emulator',
    codes: status.counts.codes,
    seconds: Number(seconds.toFixed(1)),
    residentMb: Math.round(status.memory.residentBytes / 1_048_576),
    bulkAddMs: summarize(durations),
    idleReadMs: summarize(await timeReads(at, 1000)),
  }
}

const at = await start()
const result = await measure(at)
at.child.kill('SIGTERM')
await once(at.child, 'exit')
console.log(JSON.stringify(result))
