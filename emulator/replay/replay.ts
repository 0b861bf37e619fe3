import { type Emulator, openEmulator } from '../emulator.ts'
import { operationOf, rootFields } from './choose-request.ts'
import { compareReply, createMemory, type Difference, type Memory } from './compare.ts'
import { isObject, type Json, type JsonObject, mapTexts, walk } from './json.ts'
import { type RecordedStep, type Recording, readRecording } from './read-recording.ts'
import { seedStore } from './seed-store.ts'

interface ReplayDifference extends Difference {
  file: string
  request: string
}

export interface ReplayResult {
  requests: number
  matched: number
  differing: ReplayDifference[]
}

/** Told of replies that the file gives no request for. */
export type Notice = (text: string) => void

/** Time between two steps: the emulator's clock moves, so that jobs end and changes show. */
const STEP_MS = 1000

/** Sends the requests of recordings to a fresh emulator each and compares the replies. */
export async function replayFiles(files: readonly string[], notice: Notice = () => {}): Promise<ReplayResult> {
  const result: ReplayResult = { requests: 0, matched: 0, differing: [] }
  for (const file of files) {
    const recording = readRecording(file)
    for (const name of recording.unmatched) notice(`${recording.file}: no request for the reply ${name}`)
    await using emulator = await openStore(recording)
    const memory = createMemory()
    for (const gid of seedStore(emulator.shop, recording)) memory.ids.set(gid, gid)
    for (const step of recording.steps) {
      const differences = await replayStep(emulator, memory, step)
      result.requests += 1
      if (differences.length === 0) result.matched += 1
      result.differing.push(
        ...differences.map((difference) => ({ file: recording.file, request: step.name, ...difference })),
      )
    }
  }
  return result
}

/** An empty shop like the recorded one: CAD, not on Plus, no lag, webhooks to the outside only. */
function openStore(recording: Recording): Promise<Emulator> {
  return openEmulator({
    stocked: false,
    plan: 'standard',
    codesPerSecond: 0,
    startAt: recording.recordedAt,
    shopDomain: recording.storeDomain ?? 'recorded.myshopify.com',
    settings: {
      currency: 'CAD',
      usageLagMs: 0,
      allowLocalHttpWebhooks: false,
      sellsSubscriptions: sellsSubscriptions(recording),
    },
  })
}

function sellsSubscriptions(recording: Recording): boolean {
  let sells = true
  walk(recording.facts, (value) => {
    if (isObject(value) && value.sellsSubscriptions === false) sells = false
  })
  return sells
}

async function replayStep(emulator: Emulator, memory: Memory, step: RecordedStep): Promise<Difference[]> {
  if (!showsUnfinished(step)) emulator.worker.finish()
  emulator.clock.advance(STEP_MS)
  if (mayChange(step)) memory.generation += 1
  const variables = translate(memory, step.variables)
  walk(step.variables, (value) => {
    if (isObject(value) && typeof value.endsAt === 'string') memory.givenEnds.add(toSeconds(value.endsAt))
  })
  const response = await fetch(`${emulator.url}/admin/api/2026-04/graphql.json`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-shopify-access-token': emulator.adminToken },
    body: JSON.stringify({ query: step.query, variables }),
  })
  const body = (await response.json()) as JsonObject
  return compareReply(memory, step.query, step, { status: response.status, body })
}

/** A poll that was recorded before its creation had ended must find it so. */
function showsUnfinished(step: RecordedStep): boolean {
  return (
    operationOf(step.query)?.operation === 'query' && JSON.stringify(step.body.data ?? null).includes('"done":false')
  )
}

function mayChange(step: RecordedStep): boolean {
  if (operationOf(step.query)?.operation !== 'mutation') return false
  return [...rootFields(step.query).values()].some((field) => field.name.value !== 'discountRedeemCodeBulkAdd')
}

function toSeconds(time: string): string {
  const at = new Date(time)
  return Number.isNaN(at.getTime()) ? time : at.toISOString().replace(/\.\d{3}Z$/, 'Z')
}

/** Puts the emulator's ids and cursors in place of the recorded ones, also where an id is part of a search. */
function translate(memory: Memory, variables: Json): Json {
  const numbers = [...memory.ids].map(
    ([from, to]) => [from.split('/').at(-1) ?? '', to.split('/').at(-1) ?? ''] as const,
  )
  return mapTexts(variables, (text) => {
    const whole = memory.ids.get(text) ?? memory.cursors.get(text)
    if (whole !== undefined) return whole
    return numbers.reduce(
      (changed, [from, to]) =>
        from.length > 8 && changed.includes(`id:${from}`) ? changed.replaceAll(from, to) : changed,
      text,
    )
  })
}
